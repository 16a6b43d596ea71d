/** A process with one or more nodes for the benches of peers, and a bare echo beside them. Options come as one JSON argument. */
import { join } from 'node:path'
import { reportToParent } from './child-report.ts'
import { serveEcho } from './peers-echo.ts'
import { openPeer, type PeerOptions } from './peers-open.ts'
import { saturate } from './peers-saturate.ts'
import { submitAtRate, submitMany } from './peers-submit.ts'

const options: Omit<PeerOptions, 'number'> & { nodes: number } = JSON.parse(process.argv[2] ?? '')

/** Numbers of the nodes here; those of the callers are below. */
export const FIRST_SERVED = 1000

const peers = await Promise.all(
  Array.from({ length: options.nodes }, (_, index) =>
    openPeer({ ...options, directory: join(options.directory, `node-${index}`), number: FIRST_SERVED + index })
  )
)
const [first] = peers
if (!first) throw new Error('No node was asked for')
const echo = await serveEcho()
let calm = () => Promise.resolve()

reportToParent(0, {
  addresses: () => ({ peers: peers.map(({ peerId, address }) => ({ peerId, address })), echo }),
  saturate: (url = '') => {
    calm = saturate(first, url)
  },
  calm: () => calm(),
  fill: (count = '0') => submitMany(first, Number(count)),
  submit: (perSecond = '0', ms = '0') => submitAtRate(first, Number(perSecond), Number(ms))
})
