/**
 * Files of the user: the only way from a path in a call to a file on disk.
 *
 * Confinement: every path is resolved against the working directory and must lie, symbolic links followed, inside one
 * of the roots (working directory and data directory). The file that was checked is the file that is opened: the check is
 * made on the open handle, so that a link swapped in between is caught. PATH_FORBIDDEN otherwise, NOT_FOUND if
 * there is nothing, INVALID_INPUT if it is not a regular file (or a directory, where one is asked for).
 *
 * Output is atomic: bytes go to a temporary sibling; `commit` syncs it and renames it into place, so that a reader sees
 * the old file, the new one or none, never a part. A crash leaves only a sibling named `.ipfs-datasets-*.partial`,
 * which the next output in that directory removes when it is over an hour old. STORAGE_FULL when the disk is full.
 */
import type { Startable } from '../../core/startable.ts'

declare module '../../core/tool.ts' {
  interface Services {
    files: Files
  }
}

export interface Files extends Startable {
  /** Directories under which paths may lie, real paths, absolute. */
  readonly roots: readonly string[]

  /** Opens a regular file for reading. The caller closes it (`await using`). */
  openRead(path: string, options?: FilesOptions): Promise<ReadableFile>

  /** Opens a new output file. Without `overwrite`, an existing file is ALREADY_EXISTS. */
  create(path: string, options?: CreateOptions): Promise<OutputFile>

  /** The kind of what stands at a path, or `undefined` if there is nothing. Confinement applies. */
  kindOf(path: string, options?: FilesOptions): Promise<'file' | 'directory' | undefined>

  /**
   * Every regular file below a directory, or only those in it, in byte order of their relative paths (`/` between segments).
   * Symbolic links and special files are refused with INVALID_INPUT naming them.
   */
  walk(path: string, options?: WalkOptions): AsyncIterable<WalkedFile>

  /** Every directory below this one that has nothing in it, as a relative path. What `walk` refuses is refused here as well. */
  emptyDirectories(path: string, options?: FilesOptions): AsyncIterable<string>

  /** A new private directory for an engine's work; removed by `await using` and, after a crash, by the next start. */
  scratch(): Promise<ScratchDirectory>
}

export interface FilesOptions {
  signal?: AbortSignal
}

export interface CreateOptions extends FilesOptions {
  /** Default false. */
  overwrite?: boolean
}

export interface WalkOptions extends FilesOptions {
  /** Whether directories below are walked too. Default true. */
  recursive?: boolean
}

export interface ReadableFile extends AsyncDisposable {
  /** Absolute real path, for messages and records. */
  readonly path: string
  readonly sizeBytes: number
  /** A path by which an engine in this process opens the same file; valid until it is closed. */
  readonly enginePath: string
  /** The bytes from `start` (inclusive) to `end` (exclusive). */
  read(options?: { start?: number; end?: number; signal?: AbortSignal }): AsyncIterable<Uint8Array>
  /** Fills the buffer from `position` on, as far as `sizeBytes` reaches; resolves with the number of bytes. */
  readInto(buffer: Uint8Array, position: number): Promise<number>
}

export interface OutputFile extends AsyncDisposable {
  /** Absolute path that the file will have. */
  readonly path: string
  /** Appends the bytes, or the parts one after the other. */
  write(bytes: Uint8Array | readonly Uint8Array[]): Promise<void>
  /** Appends a stream: the next part is fetched while one is written. */
  writeAll(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void>
  /** Replaces bytes that were written before. */
  rewrite(position: number, bytes: Uint8Array): Promise<void>
  /** Syncs and renames into place; resolves with the size. Without it, disposing removes every trace. */
  commit(): Promise<{ path: string; sizeBytes: number }>
}

export interface WalkedFile {
  /** Relative to the walked directory, with `/` between segments. */
  relativePath: string
  open(): Promise<ReadableFile>
}

export interface ScratchDirectory extends AsyncDisposable {
  /** Absolute path; inside the data directory. */
  readonly path: string
}
