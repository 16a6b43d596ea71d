/** The gateway: what a stranger verifies, and what one who trusts it reads. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CarBlockIterator } from '@ipld/car/iterator'
import type { CID } from 'multiformats/cid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createBlocks } from '../../src/services/blocks/index.ts'
import { openNode } from '../helpers/open-node.ts'
import { LOCAL_WEB } from '../helpers/web-server.ts'
import { startHttp } from './http-client.ts'

type Http = Awaited<ReturnType<typeof startHttp>>

/** Five blocks of 256 KiB and a bit, all different. */
const BIG = Buffer.from(Array.from({ length: 5 * 262_144 + 10 }, (_, at) => (at * 7 + (at >> 18) * 31) & 255))
const content = createBlocks()
let http: Http
let root: CID
let fileCid: CID

beforeAll(async () => {
  await content.start()
  const files = [
    { path: 'big.bin', content: [BIG] },
    { path: 'notes/ä b.txt', content: [Buffer.from('hello world')] },
    { path: 'page.html', content: [Buffer.from('<script>alert(1)</script>')] }
  ]
  root = (await content.addDirectory(files, { pin: 'recursive' })).cid
  fileCid = (await content.find(root, ['big.bin'])).cid
  http = await startHttp({ content: async () => content })
})
afterAll(async () => {
  await http[Symbol.asyncDispose]()
  await content.stop()
})

/** Sections of a CAR whose every block hashes to its CID. */
async function readCar(bytes: Uint8Array): Promise<{ root: string; cids: string[] }> {
  const car = await CarBlockIterator.fromBytes(bytes)
  const cids: string[] = []
  for await (const { cid, bytes: block } of car) {
    expect(createHash('sha256').update(block).digest()).toEqual(Buffer.from(cid.multihash.digest))
    cids.push(cid.toString())
  }
  return { root: String((await car.getRoots())[0]), cids }
}

const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(`${new URL(http.url).origin}/ipfs/${path}`, { method, headers })
const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer())

describe('blocks', () => {
  test.each([
    ['the parameter', '?format=raw', {}],
    ['the header', '', { accept: 'application/vnd.ipld.raw' }]
  ])('come as they are, asked for by %s, for ever', async (_, query, headers) => {
    const response = await get(`${root}${query}`, headers as Record<string, string>)
    expect(response.status).toBe(200)
    expect(await bytesOf(response)).toEqual(Buffer.from(await content.get(root)))
    expect(response.headers.get('content-type')).toBe('application/vnd.ipld.raw')
    expect(response.headers.get('etag')).toBe(`"${root}.raw"`)
    expect(response.headers.get('cache-control')).toContain('immutable')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  })

  test('of which one is known already are not sent again', async () => {
    const known = { 'if-none-match': `"other", W/"${root}.raw"` }
    const response = await get(`${root}?format=raw`, known)
    expect([response.status, await response.text()]).toEqual([304, ''])
    expect((await get(`${root}?format=raw`, { 'if-none-match': `"${root}"` })).status).toBe(200)
  })
})

describe('CARs', () => {
  test('hold everything below, or one block, or the way and the file', async () => {
    const all = await readCar(await bytesOf(await get(`${root}?format=car`)))
    expect(all.root).toBe(root.toString())
    expect(new Set(all.cids).size).toBe(all.cids.length)
    expect(all.cids).toContain(fileCid.toString())

    const block = await readCar(await bytesOf(await get(`${root}?format=car&dag-scope=block`)))
    expect(block.cids).toEqual([root.toString()])

    const entity = await readCar(await bytesOf(await get(`${root}/big.bin?format=car&dag-scope=entity`)))
    expect(entity.cids.slice(0, 2)).toEqual([root.toString(), fileCid.toString()])
    expect(entity.cids.length).toBe(2 + 6)

    const listing = await readCar(await bytesOf(await get(`${root}?format=car&dag-scope=entity`)))
    expect(listing.cids).toEqual([root.toString()])
  })

  test.each([
    ['0:9', 1],
    ['262143:262144', 2],
    ['-10:*', 1],
    ['0:*', 6],
    ['99999999:*', 0]
  ])('of the bytes %s hold only what proves these', async (range, leaves) => {
    const path = `${root}/big.bin?format=car&entity-bytes=${range}`
    expect((await readCar(await bytesOf(await get(path)))).cids.length).toBe(2 + leaves)
  })

  test('are enough for another node to read the file', async () => {
    const bytes = await bytesOf(await get(`${root}/notes/${encodeURIComponent('ä b.txt')}?format=car&dag-scope=entity`))
    const other = createBlocks()
    await other.start()
    for await (const { cid, bytes: block } of await CarBlockIterator.fromBytes(bytes)) await other.put(cid, block)
    const parts: Uint8Array[] = []
    for await (const part of other.cat(root, ['notes', 'ä b.txt'])) parts.push(part)
    expect(Buffer.concat(parts).toString()).toBe('hello world')
    await other.stop()
  })
})

describe('files', () => {
  test('come with their type and whole', async () => {
    const text = await get(`${root}/notes/${encodeURIComponent('ä b.txt')}`)
    expect([text.headers.get('content-type'), await text.text()]).toEqual(['text/plain; charset=utf-8', 'hello world'])
    expect(await bytesOf(await get(`${root}/big.bin`))).toEqual(BIG)
  })

  test.each([
    ['bytes=0-9', 0, 10],
    ['bytes=262140-262150', 262_140, 262_151],
    ['bytes=-5', BIG.length - 5, BIG.length],
    ['bytes=1310720-', 1_310_720, BIG.length]
  ])('in the range %s', async (range, from, to) => {
    const response = await get(`${root}/big.bin`, { range })
    expect(response.status).toBe(206)
    expect(response.headers.get('content-range')).toBe(`bytes ${from}-${to - 1}/${BIG.length}`)
    expect(await bytesOf(response)).toEqual(BIG.subarray(from, to))
  })

  test('beyond their end, and of a stale version', async () => {
    const beyond = await get(`${root}/big.bin`, { range: 'bytes=99999999-' })
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${BIG.length}`])
    const stale = await get(`${root}/big.bin`, { range: 'bytes=0-1', 'if-range': '"another"' })
    expect([stale.status, (await bytesOf(stale)).length]).toEqual([200, BIG.length])
  })

  test('that are pages do nothing here', async () => {
    const policy = (await get(`${root}/page.html`)).headers.get('content-security-policy')
    expect(policy).toContain('sandbox')
    expect(policy).not.toContain('script')
  })

  test('of a directory are listed', async () => {
    const entries = (await (await get(String(root))).json()) as { name: string }[]
    expect(entries.map(({ name }) => name).sort()).toEqual(['big.bin', 'notes', 'page.html'])
  })

  test('are told of without being sent', async () => {
    const response = await get(`${root}/big.bin`, {}, 'HEAD')
    expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([
      200,
      String(BIG.length),
      ''
    ])
  })
})

test.each([
  ['not-a-cid', 400, 'INVALID_CID'],
  ['bafkreidivzimqfqtoqxkrpge6bjyhlvxqs3rhe73owtmdulaxr5do5in7u', 404, 'NOT_FOUND'],
  ['ROOT/absent', 404, 'NOT_FOUND'],
  ['ROOT?format=tar', 406, 'UNSUPPORTED'],
  ['ROOT?format=car&dag-scope=some', 400, 'INVALID_INPUT'],
  ['ROOT?format=car&entity-bytes=a:b', 400, 'INVALID_INPUT'],
  ['ROOT?format=car&car-version=2', 406, 'UNSUPPORTED'],
  ['ROOT/%ff', 400, 'INVALID_INPUT']
])('%s is refused', async (path, status, error) => {
  const response = await get(path.replace('ROOT', String(root)))
  expect([response.status, await response.json()]).toEqual([status, expect.objectContaining({ error })])
})

test('only with the access token, and only to read', async () => {
  await using guarded = await startHttp({ content: async () => content, token: 'secret' })
  const url = `${new URL(guarded.url).origin}/ipfs/${root}?format=raw`
  expect((await fetch(url)).status).toBe(401)
  expect((await fetch(url, { headers: { authorization: 'Bearer secret' } })).status).toBe(200)
  const posted = await fetch(url, { method: 'POST', headers: { authorization: 'Bearer secret' } })
  expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
})

test('another node gets a file through it, verified block by block', async () => {
  await using bob = await openNode(LOCAL_WEB)
  const gateway = new URL(http.url).origin
  const got = await bob.call('get_from_ipfs', { cid: fileCid.toString(), gateway, output_path: 'copy.bin' })
  expect(got).toMatchObject({ success: true, source: 'gateway', size_bytes: BIG.length })
  expect(await readFile(join(bob.cwd, 'copy.bin'))).toEqual(BIG)
  expect(await bob.call('ipfs_stat', { cid: fileCid.toString() })).toMatchObject({ is_complete: true })
})
