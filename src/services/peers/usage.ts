/** What each peer has under way here, over all its streams and connections, so that no number of these gets it more. */
import type { PeerLimits } from './api.ts'

/** Of who has shown nothing yet. */
export const STRANGER_BYTES = 1024 * 1024
const STRANGER_STREAMS = 2

export interface StreamUsage {
  /** Takes so many bytes for a message, or says that it would be too much. */
  hold(bytes: number): boolean
  /** Nothing is kept any more of a message of so many bytes. */
  release(bytes: number): void
  /** The stream is gone, with all that it held. */
  end(): void
}

export interface Usage {
  /** Undefined if the peer has as many streams as it may. */
  stream(peerId: string): StreamUsage | undefined
}

export function createUsage(
  { maxStreamsPerPeer, maxBytesPerPeer }: Pick<PeerLimits, 'maxStreamsPerPeer' | 'maxBytesPerPeer'>,
  isTrusted: (peerId: string) => boolean
): Usage {
  const peers = new Map<string, { streams: number; bytes: number }>()

  return {
    stream(peerId) {
      const used = peers.get(peerId) ?? { streams: 0, bytes: 0 }
      if (used.streams >= (isTrusted(peerId) ? maxStreamsPerPeer : STRANGER_STREAMS)) return undefined
      peers.set(peerId, used)
      used.streams++
      let held = 0
      let isOver = false
      return {
        hold(bytes) {
          if (used.bytes + bytes > (isTrusted(peerId) ? maxBytesPerPeer : STRANGER_BYTES)) return false
          used.bytes += bytes
          held += bytes
          return true
        },
        release(bytes) {
          if (isOver) return
          used.bytes -= bytes
          held -= bytes
        },
        end() {
          if (isOver) return
          isOver = true
          used.bytes -= held
          used.streams--
          if (used.streams === 0) peers.delete(peerId)
        }
      }
    }
  }
}
