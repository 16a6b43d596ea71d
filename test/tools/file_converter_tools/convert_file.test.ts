/** Documents through a whole node: what is in them comes out, whatever they are called; what harms is refused and leaves nothing. */
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openNode } from '../../helpers/open-node.ts'
import { makeDocx, makeZip } from '../../helpers/zip.ts'

const SAMPLES = new URL('../../samples/', import.meta.url).pathname

async function openWith(files: Record<string, Buffer | string> = {}) {
  const node = await openNode()
  for (const [name, content] of Object.entries(files)) await writeFile(join(node.cwd, name), content)
  return node
}

describe('documents that other programs wrote', () => {
  test('a Word document gives its headings, lists, tables and properties', async () => {
    await using node = await openWith()
    await copyFile(join(SAMPLES, 'report.docx'), join(node.cwd, 'report.bin'))
    const answer = await node.call('convert_file', { input_path: 'report.bin', output_format: 'markdown' })
    expect(answer).toMatchObject({ success: true, title: 'Harbour report', metadata: { author: 'Ada Example' } })
    expect(answer.text).toBe(
      '# Harbour report\n\n# Boats\n\nThree boats came in at noon.\n\n- One\n- Two\n\n| boat | length |\n| --- | --- |\n| Möwe | 12.5 |'
    )
  })

  test('a workbook gives each sheet as a table, with dates as dates and empty cells in their places', async () => {
    await using node = await openWith()
    await copyFile(join(SAMPLES, 'boats.xlsx'), join(node.cwd, 'boats.xlsx'))
    const answer = await node.call('convert_file', { input_path: 'boats.xlsx', output_format: 'json' })
    expect(JSON.parse(String(answer.text))).toEqual([
      {
        kind: 'table',
        name: 'Boats',
        rows: [
          ['name', 'built', 'length', 'sails'],
          ['Möwe', '1998-05-17', '12.5', 'TRUE'],
          ['Tern', '2004-02-29T13:30:00', '9', 'FALSE'],
          ['', '', '', '', '', 'far']
        ]
      },
      { kind: 'table', name: 'Sums', rows: [['text']] }
    ])
    expect(answer.tables).toEqual([
      { name: 'Boats', rows: 4, columns: 6 },
      { name: 'Sums', rows: 1, columns: 1 }
    ])
  })

  test('slides come in order under their titles', async () => {
    await using node = await openWith()
    await copyFile(join(SAMPLES, 'slides.pptx'), join(node.cwd, 'slides.pptx'))
    const answer = await node.call('convert_file', { input_path: 'slides.pptx', output_format: 'markdown' })
    expect(answer.text).toBe(
      '## Harbour\n\nFirst point\n\nSecond point\n\n## Table\n\n| a | b |\n| --- | --- |\n| 1 | 2 |'
    )
  })

  test('an EPUB gives its chapters in the order of the spine', async () => {
    const opf =
      '<package xmlns:dc="x"><metadata><dc:title>Sea</dc:title><dc:creator>Ada</dc:creator></metadata><manifest><item id="a" href="a.xhtml"/><item id="b" href="b%20b.xhtml"/></manifest><spine><itemref idref="b"/><itemref idref="a"/></spine></package>'
    await using node = await openWith({
      'book.zip': makeZip([
        { name: 'mimetype', content: 'application/epub+zip' },
        { name: 'META-INF/container.xml', content: '<container><rootfile full-path="OPS/c.opf"/></container>' },
        { name: 'OPS/c.opf', content: opf },
        { name: 'OPS/a.xhtml', content: '<html><body><p>last</p></body></html>' },
        { name: 'OPS/b b.xhtml', content: '<html><body><p>first</p></body></html>' }
      ])
    })
    expect(await node.call('convert_file', { input_path: 'book.zip' })).toMatchObject({
      mime_type: 'application/epub+zip',
      title: 'Sea',
      metadata: { author: 'Ada' },
      text: 'first\n\nlast'
    })
  })

  test('RTF gives text in its code page, Unicode and tables; hidden destinations stay hidden', async () => {
    const rtf =
      "{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0 Arial;}}{\\*\\secret no}M\\'f6we \\u8364? {\\b sails}\\par\\trowd a\\cell b\\cell\\row\\trowd 1\\cell 2\\cell\\row\\pard end\\par}"
    await using node = await openWith({ 'a.rtf': rtf })
    const answer = await node.call('convert_file', { input_path: 'a.rtf', output_format: 'json' })
    expect(JSON.parse(String(answer.text))).toEqual([
      { kind: 'paragraph', text: 'Möwe € sails' },
      {
        kind: 'table',
        rows: [
          ['a', 'b'],
          ['1', '2']
        ]
      },
      { kind: 'paragraph', text: 'end' }
    ])
  })

  test('an e-mail gives its headers, its decoded text and a list of what is attached', async () => {
    const eml = [
      'From: Ada <ada@example.org>',
      'To: Bob <bob@example.org>',
      'Subject: =?utf-8?q?M=C3=B6we?=',
      'Date: Mon, 1 Jan 2024 10:00:00 +0000',
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary=x',
      '',
      '--x',
      'Content-Type: text/plain; charset=iso-8859-1',
      'Content-Transfer-Encoding: quoted-printable',
      '',
      'Caf=E9',
      '--x',
      'Content-Type: text/csv; name=a.csv',
      'Content-Disposition: attachment; filename=a.csv',
      '',
      'a,b',
      '--x--'
    ].join('\r\n')
    await using node = await openWith({ 'mail.txt': eml })
    const answer = await node.call('convert_file', { input_path: 'mail.txt' })
    expect(answer).toMatchObject({
      mime_type: 'message/rfc822',
      title: 'Möwe',
      metadata: { from: 'Ada <ada@example.org>' }
    })
    expect(answer.text).toMatch(/^Café\n\nAttachments\nname\ttype\tbytes\na\.csv\ttext\/csv\t\d+$/)
  })

  test('a page gives what a reader sees, in the encoding that it declares', async () => {
    const page = Buffer.from(
      '<html><head><meta charset="iso-8859-1"><title>T</title><style>p{}</style></head><body><script>no()</script><p>Caf\xe9<ul><li>one<li>two</ul><table><tr><th>a<td>1</table></body></html>',
      'latin1'
    )
    await using node = await openWith({ 'page.html': page })
    expect(await node.call('convert_file', { input_path: 'page.html', output_format: 'markdown' })).toMatchObject({
      title: 'T',
      text: 'Café\n\n- one\n- two\n\n| a | 1 |\n| --- | --- |'
    })
  })

  test('Markdown gives its words, with front matter as metadata', async () => {
    const text =
      '---\nauthor: Ada\n---\n# Sea\n\nIt **rains** on [boats](x).\n\n- a\n- b\n\n| x | y |\n| --- | --- |\n| 1 | `2` |\n'
    await using node = await openWith({ 'a.md': text })
    const answer = await node.call('convert_file', { input_path: 'a.md' })
    expect(answer).toMatchObject({ title: 'Sea', metadata: { author: 'Ada' } })
    expect(answer.text).toBe('Sea\n\nIt rains on boats.\n\na\nb\n\nx\ty\n1\t2')
  })
})

test('pages of a long text put together are the text that is written to a file', async () => {
  const text = Array.from({ length: 9000 }, (_, index) => `Zeile ${index} äöü 😀`).join('\n')
  await using node = await openWith({ 'long.txt': text })
  let rebuilt = ''
  let next: unknown = 0
  while (next !== undefined) {
    const page: Record<string, unknown> = await node.call('convert_file', { input_path: 'long.txt', offset: next })
    expect(page).toMatchObject({ success: true, truncated: true })
    rebuilt += String(page.text)
    next = page.next_offset
  }
  expect(rebuilt).toBe(text)
  await node.call('convert_file', { input_path: 'long.txt', output_path: 'out.txt' })
  expect(await readFile(join(node.cwd, 'out.txt'), 'utf8')).toBe(text)
})

test('the documents of an archive are read on request, and those that cannot be are named', async () => {
  const zip = makeZip([
    { name: 'a/one.txt', content: 'eins' },
    { name: 'inner.zip', content: makeZip([{ name: 'two.csv', content: 'a,b\n1,2\n' }]) },
    { name: 'x.png', content: Buffer.from('89504e470d0a1a0a0000000d494844520000000100000001', 'hex') }
  ])
  await using node = await openWith({ 'all.zip': zip })
  expect(await node.call('convert_file', { input_path: 'all.zip' })).toMatchObject({ error: 'UNSUPPORTED' })
  const answer = await node.call('convert_file', { input_path: 'all.zip', extract_archives: true })
  expect(answer).toMatchObject({
    text: 'a/one.txt\n\neins\n\ninner.zip/two.csv\n\na\tb\n1\t2',
    skipped: [{ path: 'x.png' }]
  })
})

describe('what users meet', () => {
  const zeros = '<w:p><w:r><w:t>'.padEnd(64 * 1024 ** 2, '0')
  const bad: [name: string, file: () => Buffer | string, code: string, says: RegExp][] = [
    ['a DOCX that is a ZIP bomb', () => makeDocx(zeros), 'TOO_LARGE', /bomb/],
    [
      'a DOCX that declares less than it holds',
      () =>
        makeZip([
          { name: '[Content_Types].xml', content: '<Types/>' },
          { name: 'word/document.xml', content: zeros, declaredBytes: 100 }
        ]),
      'BAD_DATA',
      /more than the 100 bytes it declares/
    ],
    [
      'an encrypted ZIP',
      () => makeZip([{ name: 'a.txt', content: 'x', isEncrypted: true }]),
      'UNSUPPORTED',
      /encrypted/
    ],
    ['XML that ends in the middle', () => makeDocx('<w:p><w:r>'), 'BAD_DATA', /./],
    [
      'XML nested to exhaust its reader',
      () => makeDocx('<w:p>'.repeat(2000) + '</w:p>'.repeat(2000)),
      'BAD_DATA',
      /nested/
    ],
    ['a page nested to exhaust its reader', () => `<html>${'<div>'.repeat(1_000_000)}`, 'BAD_DATA', /in one another/],
    ['RTF that is cut', () => '{\\rtf1 hello {\\b bold', 'BAD_DATA', /cut/],
    ['Markdown nested to exhaust its reader', () => `# a\n\n**b**\n\n${'>'.repeat(50_000)} x`, 'BAD_DATA', /nested/],
    [
      'a picture',
      () => Buffer.from('89504e470d0a1a0a0000000d494844520000000100000001', 'hex'),
      'UNSUPPORTED',
      /image\/png/
    ]
  ]
  test.each(bad)('%s is refused with a code and leaves no output', async (_name, file, code, says) => {
    await using node = await openWith({ 'x.bin': file() })
    const args = { input_path: 'x.bin', output_path: 'out.txt', extract_archives: true }
    const answer = await node.call('convert_file', args)
    if (code === 'UNSUPPORTED' && answer.success) expect(JSON.stringify(answer.skipped)).toMatch(says)
    else {
      expect(answer).toMatchObject({ success: false, error: code })
      expect(answer.message).toMatch(says)
      expect((await readdir(node.cwd)).sort()).toEqual(['data', 'x.bin'])
    }
  })

  test('a truncated XLSX is refused at every length at which it is cut', async () => {
    const whole = await readFile(join(SAMPLES, 'boats.xlsx'))
    await using node = await openWith()
    for (const share of [0.1, 0.5, 0.9, 0.999]) {
      await writeFile(join(node.cwd, 'cut.xlsx'), whole.subarray(0, Math.floor(whole.length * share)))
      const answer = await node.call('convert_file', { input_path: 'cut.xlsx', extract_archives: true })
      expect(answer).toMatchObject({ success: false, error: 'BAD_DATA' })
      expect(answer.message).toMatch(/cut short/)
    }
  })

  test('a cell in the last column of every row does not make the sheet as large as it says', async () => {
    const rows = Array.from({ length: 500 }, (_, row) => `<row><c r="XFD${row + 1}"><v>1</v></c></row>`).join('')
    const sheet = `<worksheet><sheetData>${rows}</sheetData></worksheet>`
    const relation =
      '<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/s.xml"/></Relationships>'
    await using node = await openWith({
      'wide.xlsx': makeZip([
        { name: '[Content_Types].xml', content: '<Types/>' },
        { name: 'xl/workbook.xml', content: '<workbook><sheets><sheet name="s" r:id="r1"/></sheets></workbook>' },
        { name: 'xl/_rels/workbook.xml.rels', content: relation },
        { name: 'xl/worksheets/s.xml', content: sheet }
      ])
    })
    expect(await node.call('convert_file', { input_path: 'wide.xlsx' })).toMatchObject({ error: 'TOO_LARGE' })
  })
})

test('a conversion that is cancelled ends its thread, leaves no file, and the next call is served', async () => {
  const page = `<html>${'<p>word</p>'.repeat(1_500_000)}`
  await using node = await openWith({ 'large.html': page, 'small.txt': 'still here' })
  const controller = new AbortController()
  const call = node.call('convert_file', { input_path: 'large.html', output_path: 'out.txt' }, controller.signal)
  setTimeout(() => controller.abort(), 200)
  expect(await call).toMatchObject({ success: false, error: 'CANCELLED' })
  expect((await readdir(node.cwd)).sort()).toEqual(['data', 'large.html', 'small.txt'])
  expect(await node.call('convert_file', { input_path: 'small.txt' })).toMatchObject({ text: 'still here' })
})

test('of many files each is answered, those that fail with their reason', async () => {
  await using node = await openWith({ 'a.txt': 'eins', 'b.rtf': '{\\rtf1 zwei' })
  const answer = await node.call('batch_convert_tool', { input_paths: ['a.txt', 'b.rtf', '../c.txt'] })
  expect(answer).toMatchObject({
    succeeded: 1,
    failed: 2,
    results: [{ text: 'eins' }, { error: 'BAD_DATA' }, { error: 'PATH_FORBIDDEN' }]
  })
})
