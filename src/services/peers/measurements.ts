/** What was measured of each peer while this node runs. */
import type { PeerMetrics } from './api.ts'

const LATENCIES_KEPT = 100

export interface Measurement {
  requestsSent: number
  requestsServed: number
  requestsFailed: number
  bytesSent: number
  bytesReceived: number
  latencies: PeerMetrics['latencies'][number][]
}

export interface Measurements {
  of(peerId: string): Measurement
  latency(peerId: string, at: number, ms: number): void
  forget(peerId: string): void
}

export function createMeasurements(): Measurements {
  const known = new Map<string, Measurement>()
  const of = (peerId: string): Measurement => {
    const found = known.get(peerId) ?? {
      requestsSent: 0,
      requestsServed: 0,
      requestsFailed: 0,
      bytesSent: 0,
      bytesReceived: 0,
      latencies: []
    }
    known.set(peerId, found)
    return found
  }
  return {
    of,
    latency(peerId, at, ms) {
      const { latencies } = of(peerId)
      latencies.push({ at, ms })
      if (latencies.length > LATENCIES_KEPT) latencies.shift()
    },
    forget: peerId => void known.delete(peerId)
  }
}

export function median(values: readonly number[]): number | undefined {
  return [...values].sort((a, b) => a - b)[values.length >> 1]
}
