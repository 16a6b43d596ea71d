/** A server that speaks the REST API of an IPFS cluster, over blocks of its own: what it is told to pin it pins. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createBlocks } from '../../src/services/blocks/index.ts'

const PEERS = ['12D3KooA', '12D3KooB', '12D3KooC']

export interface ClusterServer extends AsyncDisposable {
  url: string
  pins: Map<string, { name: string; replicas: number; status: string }>
  /** Requests so far, as `METHOD /path`. */
  requests: string[]
  authorizations: Set<string | undefined>
  /** The CID that uploads get, instead of their own. */
  forge(cid: string): void
  /** Answers nothing from now on. */
  hang(): void
}

export async function startClusterServer(): Promise<ClusterServer> {
  const pins: ClusterServer['pins'] = new Map()
  const requests: string[] = []
  const authorizations = new Set<string | undefined>()
  const peers = new Set(PEERS)
  const blocks = createBlocks()
  await blocks.start()
  let forged: string | undefined
  let isHanging = false

  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://cluster')
    requests.push(`${request.method} ${url.pathname}`)
    authorizations.add(request.headers.authorization)
    if (isHanging) return
    const answer = (status: number, ...values: unknown[]) => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(values.map(value => JSON.stringify(value)).join('\n'))
    }
    const [, kind = '', id = '', verb] = url.pathname.split('/')
    const peer = (name: string) => ({
      id: name,
      peername: `node-${name}`,
      addresses: [`/dns4/${name}`],
      version: '1.1.0',
      error: ''
    })
    const pin = (cid: string) => ({
      cid,
      name: pins.get(cid)?.name ?? '',
      peer_map: Object.fromEntries(
        [...peers].map((name, at) => {
          const one = pins.get(cid)
          return [
            name,
            { peername: name, status: one ? (at < one.replicas ? one.status : 'remote') : 'unpinned', error: '' }
          ]
        })
      )
    })
    const known = pins.has(id)
    switch (`${request.method} ${kind}${verb === undefined ? '' : `/${verb}`}`) {
      case 'GET id':
        return answer(200, peer(PEERS[0] ?? ''))
      case 'GET peers':
        return answer(200, ...[...peers].map(peer))
      case 'DELETE peers':
        return peers.delete(id) ? answer(204) : answer(404, { code: 404, message: 'no such peer' })
      case 'GET pins': {
        if (id !== '') return answer(200, pin(id))
        const status = url.searchParams.get('filter')
        return answer(
          200,
          ...[...pins].filter(([, one]) => status === null || one.status === status).map(([cid]) => pin(cid))
        )
      }
      case 'POST pins':
        pins.set(id, {
          name: url.searchParams.get('name') ?? '',
          replicas: Number(url.searchParams.get('replication-max') ?? PEERS.length),
          status: 'pinned'
        })
        return answer(200, { cid: id })
      case 'DELETE pins':
        return pins.delete(id)
          ? answer(200, { cid: id })
          : answer(404, { code: 404, message: 'not part of the pinset' })
      case 'POST pins/recover':
        return known ? answer(200, pin(id)) : answer(404, { code: 404, message: 'not part of the pinset' })
      case 'POST add': {
        const bytes = Buffer.concat(await Array.fromAsync(request))
        const form = await new Response(bytes, {
          headers: { 'content-type': request.headers['content-type'] ?? '' }
        }).formData()
        const file = form.get('file')
        if (!(file instanceof Blob)) return answer(400, { code: 400, message: 'no file' })
        const { cid } = await blocks.addFile([new Uint8Array(await file.arrayBuffer())])
        pins.set(cid.toString(), { name: url.searchParams.get('name') ?? '', replicas: PEERS.length, status: 'pinned' })
        return answer(200, { name: 'content', cid: forged ?? cid.toString(), size: file.size })
      }
      default:
        return answer(500, { code: 500, message: 'what is this' })
    }
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  // A server that listens on a port has an address of this kind.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    pins,
    requests,
    authorizations,
    forge(cid) {
      forged = cid
    },
    hang() {
      isHanging = true
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
      await blocks.stop()
    }
  }
}
