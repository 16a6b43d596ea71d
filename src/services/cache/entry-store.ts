/** Where entries lie, each under a name made of its key. The cache calls it for one name at a time. */
export interface EntryStore {
  /** What is there, the one written longest ago first. */
  open(): Promise<readonly StoredEntry[]>
  /** Undefined if it is absent or cannot be read back. */
  read(name: string): Promise<Entry | undefined>
  write(name: string, text: string): Promise<void>
  remove(name: string): Promise<void>
}

export interface StoredEntry {
  name: string
  bytes: number
}

export interface Entry {
  key: string
  value: unknown
  /** Absent for the default one. */
  namespace?: string
  setAt?: number
  expiresAt?: number
}

/** Undefined for what no entry is written like. */
export function parseEntry(text: string): Entry | undefined {
  try {
    const entry: unknown = JSON.parse(text)
    return isEntry(entry) ? entry : undefined
  } catch {
    return undefined
  }
}

function isEntry(value: unknown): value is Entry {
  return (
    typeof value === 'object' && value !== null && 'key' in value && typeof value.key === 'string' && 'value' in value
  )
}
