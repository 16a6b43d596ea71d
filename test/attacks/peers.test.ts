/** A node under two hundred attacking connections, as a process of its own, and the honest peer that goes on using it. */
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { runCli } from '../helpers/command.ts'
import { createWorkspace, startHttp } from '../helpers/processes.ts'
import { freePort } from '../helpers/tcp-proxy.ts'
import { startPeer } from '../services/peers/network.ts'
import { gatherMob } from './mob.ts'

const CALLS = 150
const RETURNS = 6
const MAX_STREAMS = 32
/** What one peer may make wait; six trusted attackers come. */
const MAX_BYTES_PER_PEER = 4 * 1024 ** 2
/** Their 24 MiB, connections, handshakes, and above all what the engine has not yet collected of megabytes a second of garbage. */
const MAX_GROWTH_BYTES = 320 * 1024 ** 2

async function resident(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024
}

test.runIf(process.platform === 'linux')(
  'under 200 attacking connections every honest call succeeds, a trusted peer that leaves gets in again, and memory stays in its bounds',
  { timeout: 180_000 },
  async () => {
    await using workspace = await createWorkspace()
    const env = {
      IPFS_DATASETS_MCP_P2P_LISTEN: `/ip4/127.0.0.1/tcp/${await freePort()}`,
      IPFS_DATASETS_MCP_P2P_MDNS: 'false',
      IPFS_DATASETS_MCP_P2P_MAX_BYTES_PER_PEER: String(MAX_BYTES_PER_PEER),
      IPFS_DATASETS_MCP_P2P_MAX_STREAMS_PER_PEER: String(MAX_STREAMS)
    }
    await using server = await startHttp(workspace, ['--p2p'], env)
    const invite = async () => {
      const { stdout } = await runCli(workspace, ['p2p', 'invite', '--json'], env)
      return String(JSON.parse(stdout).invitation)
    }
    await using honest = await startPeer()
    const { peerId, addresses } = await honest.peers.join(await invite(), { grant: { tools: [] } })
    const [address = ''] = addresses
    const call = () => honest.peers.callTool({ peerId }, 'p2p_status', {})
    for (let n = 0; n < CALLS; n++) await call()
    const pid = server.child.pid ?? 0
    const before = await resident(pid)
    let peak = before

    {
      await using mob = await gatherMob({ address, invite, maxStreamsPerPeer: MAX_STREAMS })
      for (let n = 0; n < CALLS; n++) {
        // It leaves and comes back, so that its handshake stands in line with those of the mob.
        if (n % (CALLS / RETURNS) === 0) await honest.peers.disconnect(peerId)
        expect(await call(), `call ${n}`).toMatchObject({ peer_id: peerId })
        peak = Math.max(peak, await resident(pid))
        await sleep(20)
      }
      const refused = (await call()).refused_connections
      expect(refused).toBeGreaterThan(100)
      for (const count of Object.values(mob.visits)) expect(count).toBeGreaterThan(10)
      if (process.env.ATTACKS) console.log({ ...mob.visits, refused, grownMb: (peak - before) / 1024 ** 2 })
    }
    expect(peak - before).toBeLessThan(MAX_GROWTH_BYTES)
    await expect.poll(async () => (await call()).connections, { timeout: 60_000 }).toBe(1)
  }
)
