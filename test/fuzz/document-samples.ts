/** Documents and archives of every kind that is read, some of them written by other programs. */
import { readFile } from 'node:fs/promises'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { makeTar } from '../helpers/tar.ts'
import { makeZip } from '../helpers/zip.ts'
import type { Sample } from './samples.ts'

const SAMPLES = new URL('../samples/', import.meta.url)
const OPF =
  '<package><metadata><dc:title>Sea</dc:title></metadata><manifest><item id="a" href="a.xhtml"/></manifest><spine><itemref idref="a"/></spine></package>'
const EPUB = [
  { name: 'mimetype', content: 'application/epub+zip' },
  { name: 'META-INF/container.xml', content: '<container><rootfile full-path="c.opf"/></container>' },
  { name: 'c.opf', content: OPF },
  { name: 'a.xhtml', content: '<html><body><h1>One</h1><p>text</p></body></html>' }
]
const EML =
  'From: a@b\r\nTo: c@d\r\nSubject: =?utf-8?q?x?=\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n<p>hi</p>\r\n--x\r\nContent-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\n--x--\r\n'
const RTF = "{\\rtf1\\ansi\\ansicpg932{\\fonttbl{\\f0 A;}}M\\'f6 \\u8364?\\par\\trowd a\\cell b\\cell\\row x\\par}"
const HTML =
  '<html><head><meta charset=utf-8><title>T</title></head><body><h1>a</h1><pre>x\n y</pre><ul><li>1</ul><table><tr><td><table><tr><td>x</table><td>y</table>'
const MARKDOWN = '---\na: b\n---\n# T\n\n- a\n  - b\n\n> q **b**\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\n```\ncode\n```\n'

export async function documentSamples(): Promise<Sample[]> {
  const names = ['report.docx', 'boats.xlsx', 'slides.pptx']
  const office = await Promise.all(names.map(async name => ({ name, bytes: await readFile(new URL(name, SAMPLES)) })))
  const texts = { EML, RTF, HTML, MARKDOWN, 'a.csv': 'a,b\n"x ""y""",2\n' }
  const tar = makeTar([
    { name: 'a/', type: '5' },
    { name: 'a/b.txt', content: 'hello' },
    { name: 'c.zip', content: makeZip(EPUB) }
  ])
  return [
    ...office,
    ...Object.entries(texts).map(([name, text]) => ({ name, bytes: Buffer.from(text) })),
    { name: 'book.epub', bytes: makeZip(EPUB) },
    { name: 'all.tar', bytes: tar },
    { name: 'all.tgz', bytes: gzipSync(tar) },
    { name: 'all.tar.zst', bytes: zstdCompressSync(tar) }
  ]
}

/** Without digests, so that damage reaches what lies behind them. */
export function webArchiveSamples(): Sample[] {
  const body = gzipSync('<base href="/x"><a href="b">words</a>').toString('latin1')
  const http = `HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`
  const head = `WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://a.example/\r\nWARC-Date: 2024-01-02T03:04:05Z\r\nContent-Type: application/http\r\nContent-Length: ${http.length}\r\n\r\n`
  const record = Buffer.from(`${head}${http}\r\n\r\n`, 'latin1')
  const line = 'example,a)/ 20240102030405 {"url": "https://a.example/", "status": 200, "offset": "0"}\n'
  return [
    { name: 'plain.warc', bytes: Buffer.concat([record, record]) },
    { name: 'packed.warc.gz', bytes: Buffer.concat([gzipSync(record), gzipSync(record)]) },
    { name: 'index.cdxj', bytes: Buffer.from(line.repeat(3)) }
  ]
}
