/** What is known of peers: kept on disk, with what was measured. */
import type { Clock } from '../../core/clock.ts'
import type { Grant, PeerSource } from './api.ts'
import type { PeerStorage } from './storage.ts'

const FILE = 'peers.json'
const MAX_PEERS = 10_000
const MAX_ADDRESSES = 16
const SAVE_DELAY_MS = 2000

export interface PeerRecord {
  peerId: string
  addresses: readonly string[]
  capabilities: readonly string[]
  source: PeerSource
  /** What it may use here; whoever has one is trusted. */
  grant?: Grant
  lastSeenAt?: number
  successes: number
  failures: number
}

export interface PeerBook {
  get(peerId: string): PeerRecord | undefined
  all(): readonly PeerRecord[]
  /** Keeps what was observed. It reaches the disk soon. */
  note(peerId: string, change: Partial<Omit<PeerRecord, 'peerId'>>): PeerRecord
  /** Keeps what must not be lost: it is on disk when this answers. */
  trust(peerId: string, change: { grant: Grant; addresses: readonly string[]; source: PeerSource }): Promise<PeerRecord>
  forget(peerId: string): Promise<boolean>
  flush(): Promise<void>
}

/** Opens the book. A book that does not parse is an error, never an empty one: it says who is trusted. */
export async function openPeerBook(storage: PeerStorage, clock: Clock): Promise<PeerBook> {
  const bytes = await storage.read(FILE)
  // Written by `save` below.
  const kept = bytes ? (JSON.parse(Buffer.from(bytes).toString('utf8')) as PeerRecord[]) : []
  const records = new Map(kept.map(record => [record.peerId, record]))
  let cancelTimer: (() => void) | undefined
  let saving = Promise.resolve()

  function save(): Promise<void> {
    cancelTimer?.()
    cancelTimer = undefined
    const text = JSON.stringify([...records.values()])
    saving = saving.catch(() => {}).then(() => storage.write(FILE, Buffer.from(text)))
    return saving
  }

  function change(peerId: string, members: Partial<Omit<PeerRecord, 'peerId'>>): PeerRecord {
    const before = records.get(peerId) ?? {
      peerId,
      addresses: [],
      capabilities: [],
      source: 'dialled' as const,
      successes: 0,
      failures: 0
    }
    const addresses = [...new Set([...(members.addresses ?? []), ...before.addresses])].slice(0, MAX_ADDRESSES)
    const record: PeerRecord = { ...before, ...members, addresses }
    records.set(peerId, record)
    if (records.size > MAX_PEERS) dropOldestStranger()
    return record
  }

  function dropOldestStranger(): void {
    const strangers = [...records.values()].filter(({ grant }) => !grant)
    const oldest = strangers.reduce<PeerRecord | undefined>(
      (min, record) => (min && (min.lastSeenAt ?? 0) <= (record.lastSeenAt ?? 0) ? min : record),
      undefined
    )
    if (oldest) records.delete(oldest.peerId)
  }

  return {
    get: peerId => records.get(peerId),
    all: () => [...records.values()],
    note(peerId, members) {
      const record = change(peerId, members)
      // A book that could not be written is written with the next note, and at the stop at the latest.
      cancelTimer ??= clock.after(SAVE_DELAY_MS, () => void save().catch(() => {}))
      return record
    },
    async trust(peerId, members) {
      const record = change(peerId, { ...members, lastSeenAt: clock.now() })
      await save()
      return record
    },
    async forget(peerId) {
      if (!records.delete(peerId)) return false
      await save()
      return true
    },
    flush: save
  }
}
