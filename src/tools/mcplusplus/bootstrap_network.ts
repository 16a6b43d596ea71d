import { z } from 'zod'
import { toWireError } from '../../core/errors.ts'
import { multiaddrField } from '../../core/fields.ts'
import { defineTool } from '../../core/tool.ts'
import { secondsField } from '../peer-fields.ts'

export const bootstrapNetwork = defineTool({
  name: 'bootstrap_network',
  aliases: [{ name: 'mcplusplus_peer_bootstrap_network' }],
  group: 'p2p_peer',
  title: 'Connect to first peers',
  askedFor: [
    'join the network through known addresses',
    'connect to the first machines',
    'get started with seed nodes'
  ],
  description:
    'Dials the given addresses, or the trusted peers of the book, all at once, and says which answered and whether that is enough. Not for one peer: use peer_connect.',
  runtime: 'p2p',
  effect: 'create',
  capability: { ability: 'peer/connect', resource: () => 'peers' },
  needs: ['peers'],
  input: z.strictObject({
    bootstrap_nodes: z.array(multiaddrField()).max(100).default([]),
    timeout: secondsField(60, 300).describe('Seconds for all of them'),
    min_connections: z.int().min(0).max(1000).default(1),
    max_connections: z.int().min(1).max(1000).default(10)
  }),
  output: z.object({
    network_ready: z.boolean(),
    connected_count: z.int(),
    failed_count: z.int(),
    bootstrap_nodes_used: z.array(z.string()),
    connected_peers: z.array(z.string()),
    failures: z.array(z.object({ peer: z.string(), error: z.string(), message: z.string() })),
    bootstrap_time: z.number().describe('Seconds'),
    min_connections: z.int(),
    max_connections: z.int()
  }),
  errors: [],
  limits: { timeoutMs: 330_000, isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'A fresh node knows nobody',
      input: { min_connections: 0 },
      output: { network_ready: true, connected_count: 0, failed_count: 0 }
    },
    {
      title: 'An address where nobody is',
      input: { bootstrap_nodes: ['/ip4/127.0.0.1/tcp/1'], timeout: 2 },
      output: { network_ready: false, failed_count: 1 }
    }
  ],
  async run({ bootstrap_nodes, timeout, min_connections, max_connections }, { services: { peers }, signal, clock }) {
    const startedAt = clock.monotonic()
    const trusted = peers.list().filter(({ isTrusted }) => isTrusted)
    const targets =
      bootstrap_nodes.length > 0
        ? bootstrap_nodes.map(multiaddr => ({ name: multiaddr, target: { multiaddr } }))
        : trusted.map(({ peerId }) => ({ name: peerId, target: { peerId } }))
    const tried = await Promise.all(
      targets.slice(0, max_connections).map(async ({ name, target }) => {
        try {
          return { peerId: (await peers.connect(target, { timeoutMs: timeout * 1000, signal })).peerId }
        } catch (error) {
          signal.throwIfAborted()
          const { error: code, message } = toWireError(error)
          return { failure: { peer: name, error: code, message } }
        }
      })
    )
    const connected = [...new Set(tried.flatMap(one => ('peerId' in one ? [one.peerId] : [])))]
    const failures = tried.flatMap(one => ('failure' in one ? [one.failure] : []))
    return {
      network_ready: connected.length >= min_connections,
      connected_count: connected.length,
      failed_count: failures.length,
      bootstrap_nodes_used: targets.slice(0, max_connections).map(({ name }) => name),
      connected_peers: connected,
      failures,
      bootstrap_time: (clock.monotonic() - startedAt) / 1000,
      min_connections,
      max_connections
    }
  }
})
