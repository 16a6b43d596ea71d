/** Archives: what is unpacked is read back by its CID; what harms is refused and nothing of it is kept. */
import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { openNode } from '../../helpers/open-node.ts'
import { makeTar } from '../../helpers/tar.ts'
import { makeZip, type ZipPart } from '../../helpers/zip.ts'

async function openWith(content: Buffer) {
  const node = await openNode()
  await writeFile(join(node.cwd, 'x.bin'), content)
  return { ...node, extract: (more = {}) => node.call('extract_archive_contents', { archive_path: 'x.bin', ...more }) }
}

const part: ZipPart = { name: 'data/people.csv', content: 'name\nAda\n' }

test.each([
  ['zip', () => makeZip([part])],
  ['tar', () => makeTar([{ name: 'data/', type: '5' }, part])],
  ['tar.gz', () => gzipSync(makeTar([part]))],
  ['tar.zst', () => zstdCompressSync(makeTar([part]))],
  ['zip in tar in zip', () => makeZip([{ name: 't', content: makeTar([{ name: 'z', content: makeZip([part]) }]) }])]
])('what a %s holds can be read by CID and path, and loaded as a dataset', async (_name, make) => {
  await using node = await openWith(make())
  const answer = await node.extract()
  expect(answer).toMatchObject({ success: true, total: 1, total_bytes: 9, left_out: [] })
  const [entry] = answer.entries as { path: string; size_bytes: number }[]
  expect(entry).toMatchObject({ size_bytes: 9, path: expect.stringMatching(/data\/people\.csv$/) })
  const cid = `${answer.cid}/${entry?.path}`
  expect(await node.call('get_from_ipfs', { cid })).toMatchObject({ content: 'name\nAda\n' })
  expect(await node.call('load_dataset', { source: `ipfs://${cid}` })).toMatchObject({ num_records: 1 })
})

test('an archive that other programs wrote is unpacked whole', async () => {
  await using node = await openNode()
  const long = `${'a'.repeat(90)}/${'b'.repeat(90)}/${'ü'.repeat(60)}.txt`
  execFileSync('mkdir', ['-p', join(node.cwd, 'in', long, '..')])
  await writeFile(join(node.cwd, 'in', long), 'deep')
  execFileSync('tar', ['--format=gnu', '-czf', 'gnu.tgz', '-C', 'in', '.'], { cwd: node.cwd })
  execFileSync('tar', ['--format=pax', '-cf', 'pax.tar', '-C', 'in', '.'], { cwd: node.cwd })
  for (const archive_path of ['gnu.tgz', 'pax.tar']) {
    const answer = await node.call('extract_archive_contents', { archive_path })
    expect(answer).toMatchObject({ success: true, entries: [{ path: long, size_bytes: 4 }] })
  }
})

test('archives in it stay files beyond the depth that was asked for', async () => {
  await using node = await openWith(makeZip([{ name: 'a.zip', content: makeZip([part]) }]))
  expect(await node.extract({ recursive: false })).toMatchObject({ entries: [{ path: 'a.zip' }] })
  expect(await node.extract({ max_depth: 1 })).toMatchObject({ entries: [{ path: 'a.zip' }] })
  expect(await node.extract()).toMatchObject({ entries: [{ path: 'a.zip/data/people.csv' }] })
})

describe('refused', () => {
  const zeros = Buffer.alloc(40 * 1024 ** 2)
  const damaged = Buffer.from(makeZip([part]))
  damaged.writeUInt8(0xee, damaged.indexOf('people.csv') + 12)
  const tarDamaged = makeTar([part])
  tarDamaged[3] = 0x41
  const bomb = makeZip([{ name: 'zeros', content: zeros }])
  const overlapping = (() => {
    const zip = makeZip([part, { ...part, name: 'data/copies.csv' }])
    // The second entry of the directory points at the bytes of the first.
    zip.writeUInt32LE(0, zip.lastIndexOf('PK\x01\x02') + 42)
    return zip
  })()
  const bad: [string, () => Buffer, string, RegExp][] = [
    ['a ZIP bomb by its ratio', () => bomb, 'TOO_LARGE', /bomb/],
    ['a gzip bomb', () => gzipSync(zeros), 'TOO_LARGE', /bomb/],
    ['a bomb inside an archive', () => makeTar([{ name: 'b.zip', content: bomb }]), 'TOO_LARGE', /bomb/],
    [
      'more entries than any reader needs',
      () => makeZip(Array.from({ length: 20_001 }, (_, at) => ({ name: `${at}`, content: '' }))),
      'TOO_LARGE',
      /20000 entries/
    ],
    ['entries that share bytes', () => overlapping, 'BAD_DATA', /shares bytes/],
    ['a path that leads out', () => makeZip([{ name: '../../evil', content: 'x' }]), 'BAD_DATA', /no path below/],
    ['an absolute path', () => makeTar([{ name: '/etc/evil', content: 'x' }]), 'BAD_DATA', /no path below/],
    [
      'a path that leads out in Windows words',
      () => makeZip([{ name: '..\\evil', content: 'x' }]),
      'BAD_DATA',
      /no path below/
    ],
    ['an entry that does not match its checksum', () => damaged, 'BAD_DATA', /damaged/],
    [
      'a tar header that does not match its checksum',
      () => Buffer.concat([makeTar([part]).subarray(0, 1024), tarDamaged]),
      'BAD_DATA',
      /checksum/
    ],
    ['an archive cut in the middle', () => gzipSync(makeTar([part])).subarray(0, 60), 'BAD_DATA', /damaged|cut/],
    ['an encrypted entry', () => makeZip([{ ...part, isEncrypted: true }]), 'UNSUPPORTED', /encrypted/],
    ['7z', () => Buffer.from('377abcaf271c00040000000000000000', 'hex'), 'UNSUPPORTED', /7z/]
  ]
  test.each(bad)('%s', async (_name, make, code, says) => {
    await using node = await openWith(make())
    const answer = await node.extract()
    expect(answer).toMatchObject({ success: false, error: code })
    expect(answer.message).toMatch(says)
    expect(await node.call('ipfs_list_pins')).toMatchObject({ total: 0 })
  })
})

test('links and devices are left out and named', async () => {
  const links = [{ name: 'link', content: '/etc/passwd', mode: 0o120777 }, part]
  await using node = await openWith(makeZip(links))
  expect(await node.extract()).toMatchObject({ total: 1, left_out: ['link'] })
  await using other = await openWith(makeTar([{ name: 'dev', type: '3' }, part]))
  expect(await other.extract()).toMatchObject({ total: 1, left_out: ['dev'] })
})

test('unpacking that is cancelled pins nothing, and the next call is served', async () => {
  const noise = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * 2_654_435_761) % 251))
  const parts = Array.from({ length: 400 }, (_, at) => ({
    name: `f${at}`,
    content: Buffer.concat([Buffer.of(at % 256), noise])
  }))
  await using node = await openWith(makeTar(parts))
  const controller = new AbortController()
  const call = node.call('extract_archive_contents', { archive_path: 'x.bin' }, controller.signal)
  setTimeout(() => controller.abort(), 150)
  expect(await call).toMatchObject({ success: false, error: 'CANCELLED' })
  expect(await node.call('ipfs_list_pins')).toMatchObject({ total: 0 })
  await writeFile(join(node.cwd, 'x.bin'), makeZip([part]))
  expect(await node.extract()).toMatchObject({ success: true, total: 1 })
})
