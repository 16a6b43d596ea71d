import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  Dictionary,
  Field,
  Int8,
  Int32,
  makeData,
  Struct,
  Table,
  tableFromArrays,
  tableToIPC,
  Utf8,
  Vector,
  vectorFromArray
} from 'apache-arrow'
import { Footer } from 'apache-arrow/fb/footer'
import { ByteBuffer } from 'flatbuffers'
import { expect, test } from 'vitest'
import { checkArrowBounds } from '../../../src/services/datasets/arrow-bounds.ts'
import { readArrow } from '../../../src/services/datasets/arrow-reader.ts'
import { openEngine } from '../../../src/services/datasets/engine.ts'

test.each(['file', 'stream'] as const)(
  'a vector in the schema of an Arrow %s that claims more than its bytes hold is refused',
  async kind => {
    const directory = await mkdtemp(join(tmpdir(), 'arrow-'))
    const path = join(directory, 'x.arrow')
    const honest = Buffer.from(tableToIPC(tableFromArrays({ a: Int32Array.from([1, 2, 3]), b: ['x', 'y', 'z'] }), kind))
    const check = async (bytes: Buffer) => {
      await writeFile(path, bytes)
      await using file = await open(path, 'r')
      return await checkArrowBounds(file).then(
        () => 'fine',
        error => error.code ?? error.name
      )
    }
    expect(await check(honest)).toBe('fine')
    const refused: number[] = []
    for (let at = 0; at + 4 <= honest.length; at += 4) {
      // The number of columns stands in front of their offsets, wherever the writer put it.
      if (honest.readUInt32LE(at) !== 2) continue
      const lying = Buffer.from(honest)
      lying.writeUInt32LE(0x3fffffff, at)
      if ((await check(lying)) === 'BAD_DATA') refused.push(at)
    }
    expect(refused.length).toBeGreaterThan(0)
    await rm(directory, { recursive: true })
  }
)

test('what an Arrow file says of its own layout is not believed', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'arrow-'))
  const path = join(directory, 'x.arrow')
  const words = vectorFromArray(['x', 'y', 'x'], new Dictionary(new Utf8(), new Int8()))
  const honest = Buffer.from(tableToIPC(new Table({ words }), 'file'))
  const footerBytes = honest.readInt32LE(honest.length - 10)
  const footerStart = honest.length - 10 - footerBytes
  const footer = Footer.getRootAsFooter(new ByteBuffer(honest.subarray(footerStart)))
  const [batch = 0n, dictionary = 0n] = [footer.recordBatches(0)?.offset(), footer.dictionaries(0)?.offset()]
  const leadingTo = (offset: bigint, instead: bigint) => {
    const changed = Buffer.from(honest)
    const needle = Buffer.alloc(8)
    needle.writeBigInt64LE(offset)
    changed.writeBigInt64LE(instead, footerStart + changed.subarray(footerStart).indexOf(needle))
    return changed
  }
  await using engine = await openEngine({ memoryLimit: '128MB', threads: 1 }, directory)
  const read = async (bytes: Buffer) => {
    await writeFile(path, bytes)
    const outcome = await readArrow(engine, path, undefined).then(
      () => 'read',
      error => error.code
    )
    await engine.run('DROP TABLE IF EXISTS "__arrow"')
    return outcome
  }
  expect(await read(honest)).toBe('read')
  // The reader would come back to it for ever.
  expect(await read(leadingTo(batch, dictionary))).toBe('BAD_DATA')
  expect(await read(leadingTo(dictionary, batch))).toBe('BAD_DATA')
  expect(await read(leadingTo(batch, 8n))).toBe('BAD_DATA')
  expect(await read(leadingTo(batch, BigInt(honest.length)))).toBe('BAD_DATA')
  await rm(directory, { recursive: true })
})

test('members of an Arrow struct are what they are called, whatever a row has for methods', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'arrow-'))
  const path = join(directory, 'x.arrow')
  const names = ['toString', 'toJSON', 'constructor', '__proto__']
  const type = new Struct(names.map(name => new Field(name, new Int32(), true)))
  const members = names.map((_, at) => makeData({ type: new Int32(), data: Int32Array.of(at) }))
  const column = new Vector([makeData({ type, length: 1, nullCount: 0, children: members })])
  await writeFile(path, tableToIPC(new Table({ column }), 'file'))
  await using engine = await openEngine({ memoryLimit: '128MB', threads: 1 }, directory)
  const table = await readArrow(engine, path, undefined)
  const [row] = await engine.all(`SELECT to_json("column")::VARCHAR AS text FROM ${table}`)
  expect(row?.text).toBe('{"toString":0,"toJSON":1,"constructor":2,"__proto__":3}')
  await rm(directory, { recursive: true })
})
