/** A cluster by its REST API. */
import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import { createLifecycle } from '../../core/startable.ts'
import { type Cluster, type ClusterPeer, type ClusterPin, MAX_PINS } from './api.ts'
import { type Ask, createRest } from './rest.ts'

const peerSchema = z
  .looseObject({
    id: z.string(),
    peername: z.string().default(''),
    addresses: z.array(z.string()).default([]),
    version: z.string().default(''),
    error: z.string().default('')
  })
  .transform(({ id, peername, addresses, version, error }) => ({
    id,
    name: peername,
    addresses,
    version,
    error: error === '' ? undefined : error
  }))

const pinSchema = z
  .looseObject({
    cid: z.string(),
    name: z.string().default(''),
    peer_map: z
      .record(z.string(), z.looseObject({ status: z.string(), error: z.string().default('') }))
      .nullable()
      .default({})
  })
  .transform(({ cid, name, peer_map }) => ({
    cid,
    name,
    peers: Object.entries(peer_map ?? {}).map(([peer, { status, error }]) => ({
      peer,
      status,
      error: error === '' ? undefined : error
    }))
  }))

const addedSchema = z.looseObject({ cid: z.string() })

export interface ClusterAddress {
  url: string | undefined
  /** Of the `Authorization` header. */
  authorization: string | undefined
}

export function createCluster({ url, authorization }: ClusterAddress): Cluster {
  let rest: Ask | undefined
  const lifecycle = createLifecycle(
    async () => {
      rest = url === undefined ? undefined : createRest(url, authorization)
    },
    async () => {
      rest = undefined
    }
  )
  const ask: Ask = request => {
    if (rest) return rest(request)
    throw new AppError('SERVICE_UNAVAILABLE', 'No IPFS cluster is configured; set cluster.url to its REST API')
  }
  const onePin = async (request: Parameters<Ask>[0]): Promise<ClusterPin> => parse(pinSchema, (await ask(request))[0])

  return {
    ...lifecycle,
    isConfigured: url !== undefined,
    id: async ({ signal } = {}) => parse(peerSchema, (await ask({ method: 'GET', path: ['id'], signal }))[0]),
    async peers({ signal } = {}) {
      const peers = await ask({ method: 'GET', path: ['peers'], signal })
      return peers.map((peer): ClusterPeer => parse(peerSchema, peer))
    },
    async removePeer(peerId, { signal } = {}) {
      await ask({ method: 'DELETE', path: ['peers', peerId], signal })
    },
    async pins({ signal, filter } = {}) {
      const pins = await ask({ method: 'GET', path: ['pins'], query: { filter }, signal })
      return { pins: pins.slice(0, MAX_PINS).map(pin => parse(pinSchema, pin)), truncated: pins.length > MAX_PINS }
    },
    status: (cid, { signal } = {}) => onePin({ method: 'GET', path: ['pins', cid.toString()], signal }),
    async add(cid, { signal, replicas, name } = {}) {
      const count = replicas === undefined ? undefined : String(replicas)
      const query = { name, 'replication-min': count === undefined ? undefined : '1', 'replication-max': count }
      await ask({ method: 'POST', path: ['pins', cid.toString()], query, signal })
    },
    async remove(cid, { signal } = {}) {
      await ask({ method: 'DELETE', path: ['pins', cid.toString()], signal })
    },
    recover: (cid, { signal } = {}) => onePin({ method: 'POST', path: ['pins', cid.toString(), 'recover'], signal }),
    async upload(bytes, cid, { signal, name } = {}) {
      const body = new FormData()
      body.append('file', new Blob([Buffer.from(bytes)]), 'content')
      // The options that give the same CID as here.
      const query = { name, 'cid-version': '1', 'raw-leaves': 'true', chunker: 'size-262144', hash: 'sha2-256' }
      const answered = await ask({ method: 'POST', path: ['add'], query, body, signal })
      const added = parse(addedSchema, answered.at(-1))
      if (added.cid === cid.toString()) return
      throw new AppError('CID_MISMATCH', `The cluster stored the content as ${added.cid}, and here it is ${cid}`)
    }
  }
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new AppError('BAD_DATA', 'What answers at cluster.url is no IPFS cluster: its answer has another form', {
    cause: parsed.error
  })
}
