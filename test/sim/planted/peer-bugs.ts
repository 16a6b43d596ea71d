/** Bugs that the wire, the peers and their workers may have: the simulation of nodes must notice each. */
import { bug, type PlantedBug } from './bugs.ts'

const PEERS = 'services/peers'
const WORKERS = 'services/workers'
const SETTLE = 'services/queue/logic/settle.ts'

export const PEER_BUGS: readonly PlantedBug[] = [
  bug('an answer goes to the call that has waited longest', [
    `${PEERS}/channel.ts`,
    'pending.get(message.id)?.settle(message)',
    '[...pending.values()][0]?.settle(message)'
  ]),
  bug('a call whose stream broke is sent again', [
    `${PEERS}/call-tool.ts`,
    '      throw error\n    }\n  )',
    "      return request(target, 'tools/call', params).then(result => outcomeOfResult(result) ?? outcomeOfFault('', undefined))\n    }\n  )"
  ]),
  bug('a stream that broke is kept', [`${PEERS}/pool.ts`, 'if (kept.get(peerId) === entry) kept.delete(peerId)', '']),
  bug('a frame that comes in two pieces is lost', [
    'protocol/wire/frame.ts',
    '    if (held + part.length > body.length) {',
    '    if (part.length < length) {\n      wanted = undefined\n      return at + part.length\n    }\n    if (held + part.length > body.length) {'
  ]),
  bug(
    'every key is let in',
    [`${PEERS}/gate.ts`, 'return trust.takesToken || openInvitations() > 0 ? false : refuse()', 'return false'],
    [
      'transports/p2p/peer-server.ts',
      'if (token === undefined || !stream.showToken(token)) return false',
      'return true'
    ]
  ),
  bug('an invitation works again', [
    `${PEERS}/invitations.ts`,
    'invitations = invitations.filter(invitation => invitation !== found)',
    ''
  ]),
  bug('trust is forgotten by a restart', [
    `${PEERS}/peer-book.ts`,
    'lastSeenAt: clock.now() })\n      await save()',
    'lastSeenAt: clock.now() })'
  ]),
  bug('each start is a new peer', [
    `${PEERS}/identity.ts`,
    'if (kept) return parseKey(kept)',
    'if (!random) return parseKey(kept ?? new Uint8Array())'
  ]),
  bug('a trusted peer may use all that is for peers', [
    'runtime/authorize.ts',
    'isForThem && granted?.includes(entry.name)',
    'isForThem && granted'
  ]),
  bug('a peer may have its calls carried on', [
    'runtime/forward.ts',
    "if (principal.kind !== 'peer') return { target, args }",
    'if (principal) return { target, args }'
  ]),
  bug('a peer is who its message says', [
    'transports/p2p/message-dialect.ts',
    'args, evidence, signal',
    'args, evidence: { ...evidence, peerId: message.sender ?? evidence.peerId }, signal'
  ]),
  bug('a peer is who its arguments say', [
    'transports/p2p/task-queue-rpc.ts',
    'invoke({ tool, args, evidence, ...how })',
    "invoke({ tool, args, evidence: typeof message.peer_id === 'string' ? { kind: 'peer' as const, peerId: message.peer_id } : evidence, ...how })"
  ]),
  bug('a lease is anybody’s who shows its token', [
    SETTLE,
    "if (principal?.kind !== 'peer' ||",
    "if (principal?.kind !== 'token' ||"
  ]),
  bug('a message that comes again is carried out again', [
    'protocol/wire/dialect.ts',
    'if (seen.has(id)) return false',
    ''
  ]),
  bug('what was carried out is forgotten with the last stream', [
    'transports/p2p/peer-server.ts',
    'state().handlers.delete(handler)\n      void',
    'state().handlers.delete(handler)\n      if (state().handlers.size === 0) known.delete(evidence.peerId)\n      void'
  ]),
  bug('a failure of the old dialect counts as a result', [
    'transports/p2p/task-queue-ops.ts',
    "if (status === 'completed') return { status, result: isObject",
    "if (status !== 'cancelled') return { status: 'completed', result: isObject"
  ]),
  bug('the old dialect forgets the tokens of its stream', [
    'transports/p2p/task-queue-rpc.ts',
    'remember(envelope?.tasks)',
    'remember(envelope?.leases)'
  ]),
  bug('an error of the other side is taken for its answer', [
    'protocol/wire/remote-call.ts',
    "field(result, 'isError') === true",
    "field(result, 'isError') === 'true'"
  ]),
  bug('a result whose completion met a broken stream becomes a failure', [
    `${WORKERS}/settle.ts`,
    "new Set(['INTERNAL', 'OUTCOME_UNKNOWN'])",
    "new Set(['INTERNAL'])"
  ]),
  bug('a worker claims what it does not offer', [
    `${WORKERS}/peer-source.ts`,
    '{ ...request, types: offered }',
    "{ ...request, types: ['tool.call'] }"
  ]),
  bug('a task of a peer runs as who it says has submitted it', [
    `${WORKERS}/peer-source.ts`,
    'task: { ...lease.task, submitter: peer }',
    'task: { ...lease.task, submitter: peer.id ? lease.task.submitter : peer }'
  ]),
  bug('a worker counts its lease from the answer', [
    `${WORKERS}/shift.ts`,
    'closing.signal), askedAt }',
    'closing.signal), askedAt: clock.monotonic() }'
  ]),
  bug('a service that did not start is never started again', [
    'runtime/dispatcher.ts',
    '    const scope = new TaskScope(call.signal',
    "    if (catalog.unavailability(entry)) throw new AppError('SERVICE_UNAVAILABLE', '')\n    const scope = new TaskScope(call.signal"
  ])
]
