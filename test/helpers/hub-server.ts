/** The Hugging Face hub as far as datasets are read from it: revisions, trees in pages, and files that lie on another host. */
import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { serveWeb } from './web-server.ts'

export interface HubRepository {
  /** Files by revision and path. */
  revisions: Record<string, Record<string, Buffer | string>>
  token?: string
}

export interface HubFaults {
  /** Breaks the connection of a file after so many bytes, so often. */
  breakAfter?: number
  times?: number
  /** Gives these bytes instead. */
  forge?: (bytes: Buffer) => Buffer
  /** Ignores that a range was asked for. */
  ignoresRanges?: boolean
  /** Sends the next page of a list elsewhere. */
  nextPage?: string
}

interface Asked {
  host: 'hub' | 'files'
  url: string
  token: string | undefined
  range: string | undefined
}

const PAGE = 2
/** Files from this size on are kept apart, known by their SHA-256. */
const LARGE_BYTES = 100

export async function serveHub(repositories: Record<string, HubRepository>, faults: HubFaults = {}) {
  const asked: Asked[] = []
  const note = (host: Asked['host'], { url = '', headers }: IncomingMessage) =>
    asked.push({ host, url, token: headers.authorization, range: headers.range })
  const commits = new Map<string, Record<string, Buffer | string>>()
  const commitOf = (repository: string, revision: string) => {
    const files = repositories[repository]?.revisions[revision]
    const commit = createHash('sha1').update(`${repository} ${revision}`).digest('hex')
    if (files) commits.set(commit, files)
    return files && commit
  }
  let breaks = faults.times ?? (faults.breakAfter === undefined ? 0 : 1)

  const send = (request: IncomingMessage, response: ServerResponse, bytes: Buffer) => {
    const from = faults.ignoresRanges ? 0 : Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
    const part = bytes.subarray(from)
    const range = { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` }
    response.writeHead(from > 0 ? 206 : 200, { 'content-length': part.length, ...(from > 0 && range) })
    if (breaks > 0 && faults.breakAfter !== undefined) {
      breaks--
      response.write(part.subarray(0, faults.breakAfter), () => setTimeout(() => response.destroy(), 20))
    } else response.end(part)
  }
  const files = await serveWeb((request, response) => {
    note('files', request)
    const [, commit = '', path = ''] = /^\/(\w+)\/(.*)$/.exec(request.url ?? '') ?? []
    const bytes = Buffer.from(commits.get(commit)?.[decodeURIComponent(path)] ?? '')
    send(request, response, faults.forge?.(bytes) ?? bytes)
  })
  const hub = await serveWeb((request, response) => {
    note('hub', request)
    const json = (value: unknown, headers = {}) => response.writeHead(200, headers).end(JSON.stringify(value))
    const [path = '', query = ''] = (request.url ?? '').split('?')
    const [, repository = '', verb = '', revision = '', rest = ''] =
      /^(?:\/api)?\/datasets\/(.+?)\/(revision|tree|resolve)\/([^/]+)(?:\/(.*))?$/.exec(path) ?? []
    const known = repositories[repository]
    const isAllowed = known?.token === undefined || request.headers.authorization === `Bearer ${known.token}`
    if (!known || !isAllowed) return response.writeHead(401).end()
    if (verb === 'revision') {
      const sha = commitOf(repository, decodeURIComponent(revision))
      return sha ? json({ sha }) : response.writeHead(404).end()
    }
    const kept = commits.get(revision)
    if (!kept) return response.writeHead(404).end()
    if (verb === 'resolve') {
      const bytes = Buffer.from(kept[decodeURIComponent(rest)] ?? '')
      if (bytes.length >= LARGE_BYTES)
        return response.writeHead(302, { location: `${files.url}/${revision}/${rest}` }).end()
      return send(request, response, faults.forge?.(bytes) ?? bytes)
    }
    const at = Number(new URLSearchParams(query).get('cursor') ?? 0)
    const entries = Object.entries(kept).slice(at, at + PAGE)
    const next = `${faults.nextPage ?? hub.url}${path}?recursive=true&cursor=${at + PAGE}`
    const isMore = at + PAGE < Object.keys(kept).length
    return json(
      [{ type: 'directory', path: 'data', oid: '', size: 0 }, ...entries.map(toEntry)],
      isMore ? { link: `<${next}>; rel="next"` } : {}
    )
  })
  return {
    url: hub.url,
    asked,
    [Symbol.dispose]() {
      hub[Symbol.dispose]()
      files[Symbol.dispose]()
    }
  }
}

function toEntry([path, content]: [string, Buffer | string]) {
  const bytes = Buffer.from(content)
  const oid = createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex')
  if (bytes.length < LARGE_BYTES) return { type: 'file', path, size: bytes.length, oid }
  return {
    type: 'file',
    path,
    size: bytes.length,
    oid: 'f'.repeat(40),
    lfs: { oid: createHash('sha256').update(bytes).digest('hex'), size: bytes.length }
  }
}
