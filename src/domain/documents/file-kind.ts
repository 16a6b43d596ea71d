/** What a file is. */
export interface FileKind {
  mimeType: string
  /** Without the dot, as files of this kind usually have it; empty for an empty file. */
  extension: string
}
