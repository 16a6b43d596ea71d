/** What a peer may ask of this node: so many messages and bytes a second, so many requests at once, no envelope twice. */
import type { Clock } from '../../core/clock.ts'
import { createTokenBucket } from '../../core/token-bucket.ts'
import { createReplayWindow, type ReplayWindow } from '../../protocol/wire/dialect.ts'
import type { PeerLimits } from '../../services/peers/api.ts'

export interface PeerQuota {
  /** Whether it may send a message of so many bytes now. */
  take(bytes: number): boolean
  /** Whether it may have one more request in flight, over all its streams; then `end` must be called. */
  begin(): boolean
  end(): void
  readonly replay: ReplayWindow
  /** Leases of claims that know no tokens: such peers complete by the task's id alone. */
  readonly leases: Map<string, string>
}

/** More peers than that are forgotten, the longest known first. */
const MAX_PEERS = 10_000

/** Kept beyond the streams of a peer, so that a new connection brings it nothing. */
export function createQuotas(limits: PeerLimits, clock: Clock): (peerId: string) => PeerQuota {
  const quotas = new Map<string, PeerQuota>()
  return peerId => {
    const quota = quotas.get(peerId) ?? createQuota(limits, clock)
    quotas.set(peerId, quota)
    const [oldest] = quotas.keys()
    if (quotas.size > MAX_PEERS && oldest !== undefined) quotas.delete(oldest)
    return quota
  }
}

function createQuota(limits: PeerLimits, clock: Clock): PeerQuota {
  const { messagesPerSecond, bytesPerSecond, maxFrameBytes, maxRequestsPerPeer } = limits
  const messages = createTokenBucket(clock, { perSecond: messagesPerSecond, burst: messagesPerSecond })
  const bytes = createTokenBucket(clock, { perSecond: bytesPerSecond, burst: Math.max(bytesPerSecond, maxFrameBytes) })
  let inFlight = 0
  return {
    take: size => messages.take() && bytes.take(size),
    begin() {
      if (inFlight >= maxRequestsPerPeer) return false
      inFlight++
      return true
    },
    end() {
      inFlight--
    },
    replay: createReplayWindow(limits.replayWindowMs, limits.replayEntries),
    leases: new Map()
  }
}
