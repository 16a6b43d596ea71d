/** How content becomes UnixFS. */
import type { DirectoryOptions } from './directory.ts'
import type { FileTreeOptions } from './file-tree.ts'

/** A mode and mtime are those of every file and directory. */
export interface ImportOptions extends FileTreeOptions, DirectoryOptions {
  /** As `parseChunker` takes it. Default chunks of 256 KiB. */
  chunker?: string | undefined
}
