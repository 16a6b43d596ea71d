/**
 * The data directory of a node. One process owns it at a time, by a lock that the system drops when the process dies, however
 * it dies. The owner listens on `socketPath`; the others send it their calls.
 *
 * The directory is private to its user (mode 0700) and carries a format version: one written by a newer program is refused with
 * DATA_DIRECTORY_VERSION and left untouched.
 */
export interface DataDirectory {
  readonly path: string
  /** Where the owner listens; shorter than the system's limit or `claim` fails with the cure. */
  readonly socketPath: string
  /** Takes ownership. False when another process has it. Idempotent. */
  claim(): Promise<boolean>
  /** Gives ownership up. Safe to call without it. */
  release(): void
}
