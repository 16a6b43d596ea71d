/** Entries in memory: complete, and gone with the process. */
import { type EntryStore, parseEntry } from './entry-store.ts'

export function createMemoryEntries(): EntryStore {
  // As text, so that nobody holds a part of what is stored.
  const texts = new Map<string, string>()
  return {
    open: async () => [...texts].map(([name, text]) => ({ name, bytes: Buffer.byteLength(text) })),
    async read(name) {
      const text = texts.get(name)
      return text === undefined ? undefined : parseEntry(text)
    },
    async write(name, text) {
      texts.delete(name)
      texts.set(name, text)
    },
    remove: async name => void texts.delete(name)
  }
}
