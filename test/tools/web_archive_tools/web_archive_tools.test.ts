/** Web archives beside another implementation of the standard: what we write it reads, what it writes we read, and indexes agree. */
import { createReadStream } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { CDXIndexer, getSurt, WARCParser, WARCRecord, WARCSerializer } from 'warcio'
import { urlKey } from '../../../src/domain/warc/cdxj.ts'
import { openNode } from '../../helpers/open-node.ts'
import { LOCAL_WEB, serveWeb } from '../../helpers/web-server.ts'

interface Page {
  url: string
  html: string
  headers?: Record<string, string>
}

const BASE32 = { algo: 'sha-1', prefix: 'sha1:', base32: true }

async function writtenByOthers(pages: readonly Page[], gzip: boolean): Promise<Buffer> {
  const parts = await Promise.all(
    pages.map(({ url, html, headers = {} }, index) => {
      const date = `2024-01-02T03:04:${String(index % 60).padStart(2, '0')}Z`
      const httpHeaders = { 'Content-Type': 'text/html; charset=utf-8', ...headers }
      const body = (async function* () {
        yield Buffer.from(html)
      })()
      const record = WARCRecord.create({ url, date, type: 'response', warcVersion: 'WARC/1.1', httpHeaders }, body)
      return WARCSerializer.serialize(record, { gzip, ...(index % 2 === 0 && { digest: BASE32 }) })
    })
  )
  return Buffer.concat(parts)
}

const PAGES: Page[] = Array.from({ length: 60 }, (_, index) => ({
  url: `https://www.example.org/p/${index}?b=2&a=${index}`,
  html: `<title>Page ${index}</title><p>${`Wörter ${index} `.repeat(100)}<a href="../q/${index}">next</a>`
}))

async function openWith(content: Buffer) {
  const node = await openNode()
  await writeFile(join(node.cwd, 'a.warc'), content)
  return node
}

test.each([true, false])('pages that another program archived are read whole, page by page (gzip %s)', async gzip => {
  await using node = await openWith(await writtenByOthers(PAGES, gzip))
  const seen: unknown[] = []
  let next: unknown = 0
  while (next !== undefined) {
    const page: Record<string, unknown> = await node.call('extract_text_from_warc', {
      warc_path: 'a.warc',
      offset: next
    })
    expect(page.success).toBe(true)
    seen.push(...(page.records as object[]))
    next = page.next_offset
  }
  expect(seen).toMatchObject(
    PAGES.map(({ url }, index) => ({ url, title: `Page ${index}`, text: expect.stringContaining(`Wörter ${index} `) }))
  )
  const whole = await node.call('extract_text_from_warc', { warc_path: 'a.warc', output_path: 'pages.jsonl' })
  expect(whole).toMatchObject({ returned: 60, truncated: false })
  expect(await node.call('load_dataset', { source: 'pages.jsonl' })).toMatchObject({ num_records: 60 })
  expect(await node.call('extract_links_from_warc', { warc_path: 'a.warc' })).toMatchObject({
    returned: 60,
    links: PAGES.map(({ url }, index) => ({
      source_url: url,
      target_url: `https://www.example.org/q/${index}`,
      text: 'next'
    }))
  })
  expect(await node.call('extract_metadata_from_warc', { warc_path: 'a.warc' })).toMatchObject({
    total: 60,
    types: { response: 60 },
    verified_digests: 120,
    first_date: '2024-01-02T03:04:00Z',
    last_date: '2024-01-02T03:04:59Z'
  })
})

test('bodies in chunks and encodings are read as a browser reads them', async () => {
  const packed = gzipSync('<p>hidden words').toString('latin1')
  const chunk = `${packed.length.toString(16)}\r\n${packed}\r\n0\r\n\r\n`
  const block = `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n${chunk}`
  const head = `WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: <https://a.example/>\r\nContent-Length: ${block.length}\r\nContent-Type: application/http\r\n\r\n`
  await using node = await openWith(Buffer.from(`${head}${block}\r\n\r\n`, 'latin1'))
  expect(await node.call('extract_text_from_warc', { warc_path: 'a.warc' })).toMatchObject({
    records: [{ url: 'https://a.example/', text: 'hidden words' }]
  })
})

test.each([true, false])('what is archived is read by another program, digests and all (gzip %s)', async gzip => {
  using server = await serveWeb((request, response) => {
    if (request.url === '/old') response.writeHead(301, { location: '/page' }).end()
    else {
      const head = { 'content-type': 'text/html', 'content-encoding': 'gzip', 'set-cookie': ['a=1', 'b=2'] }
      response.writeHead(200, head).end(gzipSync('<title>Sea</title><p>It rains.'))
    }
  })
  await using node = await openNode(LOCAL_WEB)
  const made = await node.call('create_warc', { url: `${server.url}/old`, output_path: 'a.warc', options: { gzip } })
  expect(made).toMatchObject({ success: true, url: `${server.url}/page`, http_status: 200, records: 2 })
  const seen: { type: string; url: string | null | undefined; text: string }[] = []
  for await (const record of new WARCParser(createReadStream(join(node.cwd, 'a.warc')))) {
    const text = await record.contentText()
    seen.push({ type: record.warcType, url: record.warcTargetURI, text })
    if (record.warcType === 'response') {
      expect(record.warcHeader('WARC-Record-ID')).toBe(made.record_id)
      expect(record.httpHeaders?.headers.get('x-archived-content-encoding')).toBe('gzip')
    }
  }
  expect(seen).toMatchObject([
    { type: 'warcinfo' },
    { type: 'response', url: `${server.url}/page`, text: '<title>Sea</title><p>It rains.' }
  ])
  expect(await node.call('extract_metadata_from_warc', { warc_path: 'a.warc' })).toMatchObject({
    total: 2,
    verified_digests: 3,
    records: [{ info: { software: 'ipfs-datasets-mcp' } }, { http_status: 200 }]
  })
})

test.each([true, false])(
  'an index has the places, keys and digests that another program finds (gzip %s)',
  async gzip => {
    const bytes = await writtenByOthers(PAGES, gzip)
    await using node = await openWith(bytes)
    expect(await node.call('index_warc', { warc_path: 'a.warc' })).toMatchObject({ entries: 60, records: 60 })
    const lines = (await readFile(join(node.cwd, 'a.warc.cdxj'), 'utf8')).trimEnd().split('\n')
    expect(lines).toEqual([...lines].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))))
    const theirs: string[] = []
    const indexer = new CDXIndexer({ format: 'cdxj' })
    for await (const { urlkey, timestamp, ...rest } of indexer.iterIndex([
      { filename: 'a.warc', reader: [bytes] as never }
    ])) {
      // They leave out the empty lines behind a record that is not packed; ours go to where the next begins.
      const length = Number(rest.length) + (gzip ? 0 : 4)
      theirs.push(`${urlkey} ${timestamp} ${rest.offset} ${length} ${rest.url} ${rest.status}`)
    }
    const ours = lines.map(line => {
      const [key, timestamp] = line.split(' ')
      const { offset, length, url, status } = JSON.parse(line.slice(line.indexOf('{')))
      return `${key} ${timestamp} ${offset} ${length} ${url} ${status}`
    })
    expect(ours.sort()).toEqual(theirs.sort())
  }
)

test.each([
  'https://www.example.org/A/b?z=1&a=2',
  'http://example.org',
  'https://sub.www.example.org:8443/x',
  'https://www2.example.org/index.html#part',
  'urn:x:y'
])('the key of %s is the one that other programs make', url => {
  expect(urlKey(url)).toBe(getSurt(url))
})

test('an index becomes a dataset that answers questions, or rows', async () => {
  await using node = await openWith(await writtenByOthers(PAGES, true))
  await node.call('index_warc', { warc_path: 'a.warc', output_path: 'i.cdxj' })
  expect(await node.call('extract_dataset_from_cdxj', { cdxj_path: 'i.cdxj' })).toMatchObject({
    dataset_id: 'i',
    total: 60
  })
  const sql = `SELECT count(*) AS n, min(timestamp) AS first FROM dataset WHERE status = 200 AND mime = 'text/html'`
  expect(await node.call('query_dataset', { dataset_id: 'i', sql })).toMatchObject({ rows: [{ n: 60 }] })
  expect(await node.call('extract_dataset_from_cdxj', { cdxj_path: 'i.cdxj', output_format: 'dict' })).toMatchObject({
    returned: 60,
    truncated: false
  })
  await writeFile(join(node.cwd, 'bad.cdxj'), 'org,example)/ 20240102030405 {"url": "x"}\nno index\n')
  expect(await node.call('extract_dataset_from_cdxj', { cdxj_path: 'bad.cdxj' })).toMatchObject({
    error: 'BAD_DATA',
    details: { line: 2 }
  })
})

test('a page that cannot be read is named and hides no other', async () => {
  const pages = [{ url: 'https://a.example/deep', html: `<html>${'<div>'.repeat(20_000)}` }, ...PAGES.slice(0, 2)]
  await using node = await openWith(await writtenByOthers(pages, true))
  expect(await node.call('extract_text_from_warc', { warc_path: 'a.warc' })).toMatchObject({
    records: [{ url: 'https://a.example/deep', text: '', error: expect.stringMatching(/in one another/) }, {}, {}]
  })
  expect(await node.call('extract_links_from_warc', { warc_path: 'a.warc' })).toMatchObject({
    returned: 2,
    unread_pages: 1
  })
})

describe('what users meet', () => {
  const readers = ['extract_text_from_warc', 'extract_links_from_warc', 'extract_metadata_from_warc', 'index_warc']

  test.each(readers)('%s names a record whose digest is wrong, and leaves no output', async tool => {
    const bytes = await writtenByOthers(PAGES.slice(0, 3), false)
    const at = bytes.indexOf('Page 2')
    bytes.write('Paga', at)
    const id = /WARC-Record-ID: (\S+)/.exec(bytes.toString('latin1', bytes.lastIndexOf('WARC/1.1', at), at))?.[1]
    await using node = await openWith(bytes)
    const output = tool === 'extract_metadata_from_warc' ? {} : { output_path: 'out' }
    const answer = await node.call(tool, { warc_path: 'a.warc', ...output })
    expect(answer).toMatchObject({ success: false, error: 'BAD_DATA', details: { record_id: id } })
    expect(answer.message).toContain(id)
    expect(answer.message).toMatch(/does not match its WARC-(Block|Payload)-Digest sha1:/)
    expect((await readdir(node.cwd)).sort()).toEqual(['a.warc', 'data'])
  })

  const bad: [string, () => Promise<Buffer>, RegExp][] = [
    ['a WARC that is cut', async () => (await writtenByOthers(PAGES.slice(0, 2), false)).subarray(0, -200), /cut off/],
    [
      'a gzipped WARC that is cut',
      async () => (await writtenByOthers(PAGES.slice(0, 2), true)).subarray(0, -20),
      /cut off/
    ],
    [
      'a WARC gzipped as a whole',
      async () => gzipSync(await writtenByOthers(PAGES.slice(0, 2), false)),
      /shares its gzip member/
    ],
    ['a damaged member', async () => damage(await writtenByOthers(PAGES.slice(0, 2), true)), /unpacked|checksum/],
    [
      'a record with a wrong length',
      async () => Buffer.from('WARC/1.0\r\nWARC-Type: x\r\nContent-Length: 3\r\n\r\nabcdef'),
      /Content-Length/
    ],
    ['a table', async () => Buffer.from('a,b\n1,2\n'), /WARC\/1\.0/]
  ]
  test.each(bad)('%s is refused', async (_name, make, says) => {
    await using node = await openWith(await make())
    const answer = await node.call('extract_metadata_from_warc', { warc_path: 'a.warc' })
    expect(answer).toMatchObject({ success: false, error: 'BAD_DATA' })
    expect(answer.message).toMatch(says)
  })

  function damage(bytes: Buffer): Buffer {
    bytes.writeUInt8((bytes[200] ?? 0) ^ 0xff, 200)
    return bytes
  }
})

test.each([
  ['extract_text_from_warc', { output_path: 'out.jsonl' }],
  ['extract_links_from_warc', { output_path: 'out.jsonl' }],
  ['extract_metadata_from_warc', {}],
  ['index_warc', {}]
])('%s that is cancelled leaves nothing, and the next call is served', async (tool, more) => {
  const pages = await writtenByOthers(PAGES, true)
  await using node = await openWith(Buffer.concat(Array.from({ length: 200 }, () => pages)))
  const controller = new AbortController()
  const call = node.call(tool, { warc_path: 'a.warc', ...more }, controller.signal)
  setTimeout(() => controller.abort(), 150)
  expect(await call).toMatchObject({ success: false, error: 'CANCELLED' })
  expect((await readdir(node.cwd)).sort()).toEqual(['a.warc', 'data'])
  expect(await node.call('detect_file_type', { file_path: 'a.warc' })).toMatchObject({ mime_type: 'application/warc' })
})

test('archiving that is cancelled leaves no file', async () => {
  using server = await serveWeb((_request, response) => {
    response.write('<p>never ends')
  })
  await using node = await openNode(LOCAL_WEB)
  const controller = new AbortController()
  const call = node.call('create_warc', { url: server.url }, controller.signal)
  setTimeout(() => controller.abort(), 100)
  expect(await call).toMatchObject({ error: 'CANCELLED' })
  expect(await readdir(node.cwd)).toEqual(['data'])
})
