/** One server under load, measured round by round. */
import type { Child } from './child.ts'
import { type LoadResult, openLoad } from './load.ts'

export interface HttpSample extends LoadResult {
  cpuUsPerCall: number
}

export interface HttpSide {
  samples: HttpSample[]
  /** Loads the server for this long and keeps what came of it. */
  measure(ms: number): Promise<void>
  warmUp(ms: number): Promise<void>
}

export function openSide(server: Child, request: Buffer, connections: number): HttpSide {
  const samples: HttpSample[] = []

  async function once(ms: number): Promise<HttpSample> {
    // Opened for each round: a server closes connections that were idle while another was measured.
    using load = await openLoad(server.port, request, connections)
    const before = await server.usage()
    const result = await load.runFor(ms)
    const after = await server.usage()
    if (Object.keys(result.errors).length > 0) throw new Error(`Calls failed: ${JSON.stringify(result.errors)}`)
    return { ...result, cpuUsPerCall: (after.cpuUs - before.cpuUs) / result.calls }
  }

  return {
    samples,
    warmUp: async ms => void (await once(ms)),
    measure: async ms => void samples.push(await once(ms))
  }
}
