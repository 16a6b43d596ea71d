/** Other nodes: this one among them, and each that it knows. */
import { h } from '../dom.js'
import { count, duration, middle, share } from '../format.js'
import { call } from '../mcp.js'
import { badge, empty, figure, figures, section, table, when } from '../parts.js'

/** @type {import('../app.js').CreateView} */
export const peers = () => ({
  everyMs: 5000,
  async load(signal) {
    const [status, list] = await Promise.all([call('p2p_status', {}, signal), call('peer_list', {}, signal)])
    return { status, list }
  },
  render({ status, list }) {
    return [
      figures(
        figure(
          'Connections',
          count(status.connections),
          status.refused_connections > 0 && `${count(status.refused_connections)} refused`
        ),
        figure('Trusted peers', count(status.trusted_peers), `of ${count(status.known_peers)} known`),
        figure('Open invitations', count(status.open_invitations)),
        figure('Kept streams used', count(status.pool.hits), `${count(status.pool.handshakes)} handshakes`)
      ),
      section('This node', h('p', {}, h('code', { class: 'value' }, status.peer_id)), addresses(status.addresses)),
      section('Peers', list.total_count === 0 ? NOBODY() : table('Peers', COLUMNS, list.peers.map(row)))
    ]
  }
})

/** @typedef {{ peer_id: string, status: string, is_trusted: boolean, latency_ms: number | null, reliability_score: number | null, last_seen: string | null, multiaddr: string | null }} Peer */

const NOBODY = () =>
  empty('No peer is known. Invite one, and paste the line it prints there:', 'ipfs-datasets-mcp p2p invite')

const COLUMNS = [
  { title: 'Peer' },
  { title: 'State' },
  { title: 'Trust' },
  { title: 'Round trip', number: true },
  { title: 'Reliability', number: true },
  { title: 'Last seen' },
  { title: 'Address' }
]

/** @param {string[]} list */
const addresses = list =>
  h(
    'ul',
    { class: 'names' },
    list.map(address => h('li', {}, h('code', { class: 'value' }, address)))
  )

/** @param {Peer} peer */
const row = peer => [
  h('code', { title: peer.peer_id }, middle(peer.peer_id)),
  badge(peer.status, peer.status === 'connected' ? 'good' : ''),
  peer.is_trusted ? badge('trusted', 'good') : 'no',
  peer.latency_ms === null ? '–' : duration(peer.latency_ms),
  peer.reliability_score === null ? '–' : share(peer.reliability_score),
  when(peer.last_seen),
  h('code', { class: 'value' }, peer.multiaddr ?? '')
]
