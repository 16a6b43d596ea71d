/** Types by content: a name has no say unless it is asked for. */
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { openNode } from '../../helpers/open-node.ts'
import { makeTar } from '../../helpers/tar.ts'
import { makeZip } from '../../helpers/zip.ts'

const SAMPLES = new URL('../../samples/', import.meta.url).pathname
const office = 'application/vnd.openxmlformats-officedocument'

const KINDS: [content: Buffer | string, mime: string][] = [
  ['', 'application/x-empty'],
  ['just some words', 'text/plain'],
  ['a,b\n1,2\n"x,y",3\n', 'text/csv'],
  ['a;b\n1;2\n', 'text/csv'],
  ['a\tb\n1\t2\n', 'text/tab-separated-values'],
  ['{"a": [1, 2]}', 'application/json'],
  ['{"a": 1}\n{"a": 2}\n', 'application/x-ndjson'],
  ['{not json', 'text/plain'],
  ['<!doctype html><p>x', 'text/html'],
  ['<?xml version="1.0"?><feed/>', 'application/xml'],
  ['<svg xmlns="http://www.w3.org/2000/svg"/>', 'image/svg+xml'],
  ['# Title\n\nSome **bold** words\n', 'text/markdown'],
  ['From: a@b\nTo: c@d\nSubject: x\n\nhello', 'message/rfc822'],
  ['{\\rtf1 x}', 'application/rtf'],
  ['WARC/1.0\r\nWARC-Type: warcinfo\r\n', 'application/warc'],
  [gzipSync('WARC/1.1\r\n'), 'application/warc'],
  [gzipSync('hello'), 'application/gzip'],
  [makeTar([{ name: 'a', content: 'b' }]), 'application/x-tar'],
  [makeZip([{ name: 'a', content: 'b' }]), 'application/zip'],
  [makeZip([{ name: 'mimetype', content: 'application/epub+zip' }]), 'application/epub+zip'],
  [makeZip([{ name: 'META-INF/MANIFEST.MF', content: '' }]), 'application/java-archive'],
  [Buffer.from('%PDF-1.7\n%\xe2\xe3\n', 'latin1'), 'application/pdf'],
  [Buffer.from('89504e470d0a1a0a0000000d494844520000000100000001', 'hex'), 'image/png'],
  [Buffer.of(0, 1, 2, 3, 200), 'application/octet-stream'],
  [Buffer.from('\ufeffhéllo', 'utf16le'), 'text/plain']
]

test.each(KINDS)('%j is %s, whatever it is called', async (content, mime) => {
  await using node = await openNode()
  await writeFile(join(node.cwd, 'file.pdf'), content)
  expect(await node.call('detect_file_type', { file_path: 'file.pdf' })).toMatchObject({ mime_type: mime })
})

test.each([
  ['report.docx', `${office}.wordprocessingml.document`],
  ['boats.xlsx', `${office}.spreadsheetml.sheet`],
  ['slides.pptx', `${office}.presentationml.presentation`]
])('%s is told from other ZIPs', async (name, mime) => {
  await using node = await openNode()
  await copyFile(join(SAMPLES, name), join(node.cwd, 'x'))
  expect(await node.call('detect_file_type', { file_path: 'x' })).toMatchObject({ mime_type: mime })
})

test('the strategy says who decides where name and bytes differ', async () => {
  await using node = await openNode()
  await writeFile(join(node.cwd, 'page.csv'), '<!doctype html><p>x')
  const ask = (more: object) => node.call('detect_file_type', { file_path: 'page.csv', ...more })
  expect(await ask({})).toMatchObject({ mime_type: 'text/html', method: 'magic', matches_name: false })
  expect(await ask({ strategy: 'fastest' })).toMatchObject({ mime_type: 'text/csv', method: 'extension' })
  expect(await ask({ strategy: 'conservative' })).toMatchObject({
    mime_type: 'application/octet-stream',
    method: 'none'
  })
  expect(await ask({ methods: ['extension'] })).toMatchObject({ mime_type: 'text/csv', matches_name: null })
  expect(await ask({ methods: ['magika'] })).toMatchObject({ error: 'INVALID_INPUT', issues: [{ path: '/methods/0' }] })
})

test('a directory is looked through as deep as asked, by pattern, and written to a file whole', async () => {
  await using node = await openNode()
  await mkdir(join(node.cwd, 'in', 'deep'), { recursive: true })
  for (const name of ['a.txt', 'b.txt', 'deep/c.txt', 'd.png']) await writeFile(join(node.cwd, 'in', name), 'words')
  const ask = (more: object) => node.call('batch_detect_file_types', { directory: 'in', ...more })
  expect(await ask({})).toMatchObject({ total: 3 })
  expect(await ask({ recursive: true, pattern: '?.txt', export_path: 'types.jsonl' })).toMatchObject({
    types: { 'text/plain': 3 }
  })
  const lines = (await readFile(join(node.cwd, 'types.jsonl'), 'utf8')).trim().split('\n')
  expect(lines.map(line => JSON.parse(line).file_path)).toEqual(['in/a.txt', 'in/b.txt', 'in/deep/c.txt'])
  expect(await node.call('load_dataset', { source: 'types.jsonl' })).toMatchObject({ num_records: 3 })
  expect(await node.call('analyze_detection_accuracy', { directory: 'in', recursive: true })).toMatchObject({
    total: 4,
    agree: 3,
    disagree: 1,
    agreement: 0.75,
    mismatches: [{ file_path: 'in/d.png', name_says: 'image/png' }]
  })
})

test('neither or both of directory and file_paths, and what lies outside, are refused', async () => {
  await using node = await openNode()
  const ask = (args: object) => node.call('batch_detect_file_types', args)
  expect(await ask({})).toMatchObject({ error: 'INVALID_INPUT' })
  expect(await ask({ directory: '.', file_paths: ['a'] })).toMatchObject({ error: 'INVALID_INPUT' })
  expect(await ask({ directory: '..' })).toMatchObject({ error: 'PATH_FORBIDDEN' })
  expect(await ask({ file_paths: ['/etc/passwd'] })).toMatchObject({ failed: [{ error: 'PATH_FORBIDDEN' }] })
})

test('a search of many files that is cancelled ends, and the next call is served', async () => {
  await using node = await openNode()
  await mkdir(join(node.cwd, 'in'))
  for (let at = 0; at < 2000; at++) await writeFile(join(node.cwd, 'in', `${at}.txt`), 'words')
  const controller = new AbortController()
  const call = node.call('batch_detect_file_types', { directory: 'in' }, controller.signal)
  setTimeout(() => controller.abort(), 60)
  expect(await call).toMatchObject({ error: 'CANCELLED' })
  expect(await node.call('detect_file_type', { file_path: 'in/1.txt' })).toMatchObject({ success: true })
})
