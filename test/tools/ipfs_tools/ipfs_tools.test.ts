import { mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { systemClock } from '../../../src/core/clock.ts'
import { silentLog } from '../../../src/core/log.ts'
import { TaskScope } from '../../../src/core/scope.ts'
import type { CallContext } from '../../../src/core/tool.ts'
import { createBlocks } from '../../../src/services/blocks/index.ts'
import { createFetcher } from '../../../src/services/fetcher/index.ts'
import { createFiles } from '../../../src/services/files/index.ts'
import { ipfsTools } from '../../../src/tools/ipfs_tools/index.ts'
import known from '../../fixtures/kubo/known.json' with { type: 'json' }
import { fileOf, treeOf } from '../../fixtures/kubo/sources.ts'
import { collect, noise } from '../../suites/blocks/content.ts'

const HELLO = 'bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e'

const cids: Record<string, string> = known.cids

async function workspace() {
  const base = await realpath(await mkdtemp(join(tmpdir(), 'ipfs-tools-')))
  const root = join(base, 'root')
  await mkdir(root)
  const blocks = createBlocks({ directory: join(base, 'data') })
  const files = createFiles({ roots: [root], scratchDirectory: join(base, 'scratch') })
  const fetcher = createFetcher({ allowHttp: true, allowLoopback: true })
  for (const service of [blocks, files, fetcher]) await service.start()
  const scope = new TaskScope()

  /** As the dispatcher does: parse, run, check the output. */
  const call = async (name: string, args: Record<string, unknown>, signal = scope.signal) => {
    const tool = ipfsTools.tools.find(candidate => candidate.name === name)
    if (!tool) throw new Error(`no tool ${name}`)
    const ctx = { services: { blocks, files, fetcher }, signal, log: silentLog, clock: systemClock, progress() {} }
    // The tools under test use no more of the context than this.
    const output = await tool.run(tool.input.parse(args), ctx as unknown as CallContext)
    // The output schemas of these tools are objects, which the erased type cannot say.
    return tool.output.parse(output) as Record<string, unknown>
  }
  return {
    base,
    root,
    blocks,
    call,
    write: (name: string, bytes: string | Buffer) => writeFile(join(root, name), bytes),
    async [Symbol.asyncDispose]() {
      await scope[Symbol.asyncDispose]()
      for (const service of [fetcher, files, blocks]) await service.stop()
      await rm(base, { recursive: true, force: true })
    }
  }
}

const failing = (code: string) => expect.objectContaining({ code })

test('pin_to_ipfs tells paths, texts and records apart', async () => {
  await using at = await workspace()
  await at.write('hello.txt', 'hello world')
  await mkdir(join(at.root, 'dir/sub'), { recursive: true })
  await at.write('dir/sub/a', 'hello world')
  const pin = (content_source: unknown, more = {}) => at.call('pin_to_ipfs', { content_source, ...more })

  expect(await pin('hello.txt')).toMatchObject({ cid: HELLO, source: 'file', size_bytes: 11 })
  expect(await pin('hello world')).toMatchObject({ cid: HELLO, source: 'text' })
  expect(await pin('dir')).toMatchObject({ source: 'directory', files: 1 })
  expect(await pin({ a: { '/': HELLO } })).toMatchObject({ source: 'record' })
  for (const missing of ['none.txt', './none', '/none', '../none']) {
    await expect(pin(missing)).rejects.toMatchObject({ code: expect.stringMatching(/NOT_FOUND|PATH_FORBIDDEN/) })
  }
  await expect(pin('/etc/passwd')).rejects.toEqual(failing('PATH_FORBIDDEN'))
  await expect(pin('dir', { recursive: false })).rejects.toEqual(failing('INVALID_INPUT'))
  await symlink('/etc', join(at.root, 'away'))
  await expect(pin('away')).rejects.toEqual(failing('PATH_FORBIDDEN'))

  const wrapped = await pin('hello.txt', { wrap_with_directory: true })
  expect(await at.call('ipfs_cat', { cid: `${wrapped.cid}/hello.txt` })).toMatchObject({ content: 'hello world' })
  const outer = await pin('dir', { wrap_with_directory: true })
  expect(await at.call('ipfs_cat', { cid: `${outer.cid}/dir/sub/a` })).toMatchObject({ content: 'hello world' })
})

test('ipfs_add stores unpinned, and takes exactly one of path and content', async () => {
  await using at = await workspace()
  expect(await at.call('ipfs_add', { content: 'hello world' })).toMatchObject({ cid: HELLO })
  expect(await at.call('ipfs_gc', {})).toMatchObject({ removed_blocks: 1, kept_blocks: 0 })
  await expect(at.call('ipfs_add', {})).rejects.toThrow('either')
  await expect(at.call('ipfs_add', { content: 'x', path: 'y' })).rejects.toThrow('either')
  await expect(at.call('ipfs_add', { content: 'x', pin: true })).rejects.toThrow('pin')
})

test('ipfs_cat reads a large file whole by following returned, and keeps characters whole', async () => {
  await using at = await workspace()
  const content = 'äöü€𝄞x'.repeat(20_000)
  await at.write('text', content)
  const { cid } = await at.call('ipfs_add', { path: 'text' })
  let read = ''
  for (let offset = 0; ; ) {
    const page = await at.call('ipfs_cat', { cid, offset })
    expect(page.encoding).toBe('utf-8')
    read += String(page.content)
    offset += Number(page.returned)
    if (offset >= Number(page.total)) break
  }
  expect(read).toBe(content)
})

test('ipfs_cat answers base64 for what is not text', async () => {
  await using at = await workspace()
  await at.write('noise', noise(100_000))
  const { cid } = await at.call('ipfs_add', { path: 'noise' })
  const page = await at.call('ipfs_cat', { cid, length: 1000 })
  expect(page).toMatchObject({ encoding: 'base64', returned: 1000, total: 100_000, truncated: true })
  expect(Buffer.from(String(page.content), 'base64').equals(noise(100_000).subarray(0, 1000))).toBe(true)
})

test('ipfs_ls and ipfs_list_pins page through everything once', async () => {
  await using at = await workspace()
  await mkdir(join(at.root, 'many'))
  for (let index = 0; index < 7; index++) {
    await at.write(`many/f${index}`, `${index}`)
    await at.call('pin_to_ipfs', { content_source: `many/f${index}` })
  }
  const { cid } = await at.call('ipfs_add', { path: 'many' })
  for (const [tool, list, args] of [
    ['ipfs_ls', 'entries', { cid }],
    ['ipfs_list_pins', 'pins', {}]
  ] as const) {
    const seen: unknown[] = []
    let cursor: unknown
    do {
      const page = await at.call(tool, { ...args, limit: 3, ...(cursor !== undefined && { cursor }) })
      expect(page).toMatchObject({ total: 7, truncated: true })
      seen.push(...(page[list] as { cid: string }[]).map(item => item.cid))
      cursor = page.next_cursor
    } while (cursor !== undefined)
    expect(new Set(seen).size).toBe(7)
    expect(seen).toHaveLength(7)
  }
  await expect(at.call('ipfs_ls', { cid, cursor: 'x' })).rejects.toEqual(failing('INVALID_INPUT'))
})

test('a CAR written by one store is read by another; a cut one leaves nothing', async () => {
  await using one = await workspace()
  await using other = await workspace()
  await one.write('noise', noise(700_000))
  const { cid } = await one.call('pin_to_ipfs', { content_source: 'noise' })
  const exported = await one.call('ipfs_export_car', { cid, output_path: 'out.car' })
  const car = await readFile(String(exported.output_path))
  expect(car.length).toBe(exported.size_bytes)
  await expect(one.call('ipfs_export_car', { cid, output_path: 'out.car' })).rejects.toEqual(failing('ALREADY_EXISTS'))

  await other.write('cut.car', car.subarray(0, -10))
  await expect(other.call('ipfs_import_car', { path: 'cut.car' })).rejects.toEqual(failing('BAD_DATA'))
  expect(await other.call('ipfs_gc', {})).toMatchObject({ removed_blocks: 0, kept_blocks: 0 })
  await other.write('in.car', car)
  expect(await other.call('ipfs_import_car', { path: 'in.car' })).toMatchObject({ cid, blocks: 4, pinned: true })
  await other.call('get_from_ipfs', { cid, output_path: 'back' })
  expect((await readFile(join(other.root, 'back'))).equals(noise(700_000))).toBe(true)
})

test('a file packed into a CAR is read by another store as the file that ipfs_add would have made, and is not kept here', async () => {
  await using one = await workspace()
  await using other = await workspace()
  const content = noise(175 * 256 * 1024 + 5)
  await one.write('noise', content)
  const packed = await one.call('ipfs_export_car', { path: 'noise', output_path: 'out.car' })
  expect(await one.call('ipfs_gc', {})).toMatchObject({ removed_blocks: 0, kept_blocks: 0 })
  expect((await one.call('ipfs_add', { path: 'noise' })).cid).toBe(packed.cid)
  const car = await readFile(String(packed.output_path))
  expect(car.length).toBe(packed.size_bytes)

  await other.write('in.car', car)
  expect(await other.call('ipfs_import_car', { path: 'in.car' })).toMatchObject({ cid: packed.cid, pinned: true })
  await other.call('get_from_ipfs', { cid: packed.cid, output_path: 'back' })
  expect((await readFile(join(other.root, 'back'))).equals(content)).toBe(true)

  const wider = { path: 'noise', output_path: 'wide.car', chunk_bytes: 1_048_576, max_links: 1024 }
  expect((await one.call('ipfs_export_car', wider)).cid).not.toBe(packed.cid)
})

test('what cannot be packed leaves no file and says why', async () => {
  await using at = await workspace()
  await at.write('hello.txt', 'hello world')
  await mkdir(join(at.root, 'dir'))
  const pack = (more: Record<string, unknown>, signal?: AbortSignal) =>
    at.call('ipfs_export_car', { output_path: 'x.car', ...more }, signal)
  await expect(pack({})).rejects.toThrow('either')
  await expect(pack({ path: 'hello.txt', cid: HELLO })).rejects.toThrow('either')
  await expect(pack({ cid: HELLO, max_links: 10 })).rejects.toThrow('path')
  await expect(pack({ path: 'none' })).rejects.toEqual(failing('NOT_FOUND'))
  await expect(pack({ path: 'dir' })).rejects.toEqual(failing('INVALID_INPUT'))
  await expect(pack({ path: '/etc/passwd' })).rejects.toEqual(failing('PATH_FORBIDDEN'))
  await expect(pack({ path: 'hello.txt', output_path: 'hello.txt' })).rejects.toEqual(failing('ALREADY_EXISTS'))
  await expect(pack({ path: 'hello.txt' }, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
  expect((await readdir(at.root)).sort()).toEqual(['dir', 'hello.txt'])
  expect(await pack({ path: 'hello.txt' })).toMatchObject({ cid: HELLO, size_bytes: 107 })
})

test('an export that fails leaves no file', async () => {
  await using at = await workspace()
  await expect(at.call('ipfs_export_car', { cid: HELLO, output_path: 'x.car' })).rejects.toEqual(failing('NOT_FOUND'))
  await expect(readFile(join(at.root, 'x.car'))).rejects.toThrow('ENOENT')
})

test('values go in and out, and a large one comes as a summary', async () => {
  await using at = await workspace()
  const value = { link: { '/': HELLO }, list: [1, 2], bytes: { '/': { bytes: 'AQID' } } }
  const { cid } = await at.call('ipfs_dag_put', { value })
  expect(await at.call('ipfs_dag_get', { cid })).toMatchObject({ value, truncated: false })
  expect(await at.call('ipfs_dag_get', { cid, path: 'list/1' })).toMatchObject({ value: 2 })
  await expect(at.call('ipfs_dag_put', { value, pin: true })).rejects.toEqual(failing('NOT_FOUND'))
  let deep: unknown = 1
  for (let level = 0; level < 50_000; level++) deep = [deep]
  await expect(at.call('ipfs_dag_put', { value: deep })).rejects.toEqual(failing('TOO_LARGE'))
  await expect(at.call('ipfs_dag_put', {})).rejects.toThrow('Give a value')
  const large = await at.call('ipfs_dag_put', { value: { text: 'x'.repeat(100_000) } })
  const summary = await at.call('ipfs_dag_get', { cid: large.cid })
  expect(summary).toMatchObject({ truncated: true, returned: 0, summary: { kind: 'map', keys: ['text'] } })
  const got = await at.call('get_from_ipfs', { cid })
  expect(JSON.parse(String(got.content))).toEqual(value)
})

test('get_from_ipfs asks the gateway for a CAR, verifies it, and says what to do when nothing has it', async () => {
  await using near = await workspace()
  await using far = await workspace()
  const { cid } = await far.blocks.addDirectory([{ path: 'a/b', content: [noise(300_000)] }])
  const car = await collect(far.blocks.exportCar(cid))
  let answer = car
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.url} ${request.headers.accept}`)
    response.setHeader('content-type', 'application/vnd.ipld.car')
    response.end(answer)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  // A listening TCP server has an address with a port.
  const gateway = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  try {
    const get = (more = {}) => near.call('get_from_ipfs', { cid: `${cid}/a/b`, output_path: 'got', ...more })
    await expect(get()).rejects.toEqual(failing('NOT_FOUND'))
    answer = Buffer.from(car)
    answer.writeUInt8(answer.readUInt8(car.length - 5) ^ 1, car.length - 5)
    await expect(get({ gateway })).rejects.toEqual(failing('CID_MISMATCH'))
    answer = car.subarray(0, car.length - 5)
    await expect(get({ gateway })).rejects.toEqual(failing('BAD_DATA'))
    answer = await collect(far.blocks.exportCar((await far.blocks.addFile([Buffer.from('other')])).cid))
    await expect(get({ gateway })).rejects.toEqual(failing('FETCH_FAILED'))
    answer = car
    expect(await get({ gateway })).toMatchObject({ source: 'gateway', size_bytes: 300_000 })
    expect((await readFile(join(near.root, 'got'))).equals(noise(300_000))).toBe(true)
    expect(asked.at(-1)).toBe(`/ipfs/${cid}?format=car application/vnd.ipld.car`)
    expect(await get({ gateway, output_path: 'again' })).toMatchObject({ source: 'local' })
    await expect(get({ cid: `${cid}/a`, gateway })).rejects.toEqual(failing('INVALID_INPUT'))
  } finally {
    await new Promise(resolve => server.close(resolve))
  }
})

test.each(['ipfs_cat', 'ipfs_ls', 'ipfs_stat', 'ipfs_unpin', 'ipfs_dag_get', 'get_from_ipfs'])(
  '%s refuses what is no CID, and says when a CID is not here',
  async name => {
    await using at = await workspace()
    await expect(at.call(name, { cid: 'Qm515306206' })).rejects.toEqual(failing('INVALID_CID'))
    await expect(at.call(name, { cid: HELLO })).rejects.toEqual(failing('NOT_FOUND'))
  }
)

test('ipfs_add gives a directory the CID that Kubo gives it, with its empty directories and whatever options', async () => {
  await using at = await workspace()
  for (const entry of treeOf('tree:hollow')) {
    const path = join(at.root, 'dir', entry.path)
    await mkdir('bytes' in entry ? dirname(path) : path, { recursive: true })
    if ('bytes' in entry) await writeFile(path, entry.bytes)
  }
  const wire: [Record<string, unknown>, string][] = [
    [{}, '--cid-version=1'],
    [{ cid_version: 0 }, '--cid-version=0'],
    [{ mode: 0o644 }, '--cid-version=1 --mode=0644'],
    [
      { mode: 0o755, mtime: 1_700_000_000, mtime_nsecs: 5 },
      '--cid-version=1 --mode=0755 --mtime=1700000000 --mtime-nsecs=5'
    ]
  ]
  for (const [options, name] of wire) {
    const { cid } = await at.call('ipfs_add', { path: 'dir', ...options })
    expect(cid).toBe(cids[`tree:hollow -r -H ${name}`])
  }
  expect((await at.call('pin_to_ipfs', { content_source: 'dir' })).cid).toBe(cids['tree:hollow -r -H --cid-version=1'])
})

test('ipfs_add takes every option by the name that Kubo has for it', async () => {
  await using at = await workspace()
  await at.write('file', Buffer.from(fileOf('noise:432')))
  const wire: [Record<string, unknown>, string][] = [
    [{ chunker: 'size-16', max_file_links: 3 }, 'noise:432 --cid-version=1 --chunker=size-16 --max-file-links=3'],
    [
      { cid_version: 0, chunker: 'size-16', max_file_links: 3, trickle: true },
      'noise:432 --cid-version=0 --chunker=size-16 --trickle=true --max-file-links=3'
    ]
  ]
  for (const [options, name] of wire) {
    expect((await at.call('ipfs_add', { path: 'file', ...options })).cid).toBe(cids[name])
  }
  await at.write('small', Buffer.from(fileOf('noise:32')))
  expect((await at.call('ipfs_add', { path: 'small', inline_limit: 32 })).cid).toBe(
    cids['noise:32 --cid-version=1 --inline=true --inline-limit=32']
  )
  await expect(at.call('ipfs_add', { path: 'file', chunker: 'fastcdc' })).rejects.toEqual(failing('INVALID_INPUT'))
  await expect(at.call('ipfs_add', { path: 'file', cid_version: 0, hash: 'sha2-512' })).rejects.toEqual(
    failing('INVALID_INPUT')
  )
})
