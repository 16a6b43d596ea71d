/** Valid bytes of every format that a client can send, made by our own tools. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CODEC, cidOf } from '../../src/core/cid.ts'
import type { Arena } from '../attacks/arena.ts'

export interface Sample {
  /** The file as the tool wants it called. */
  name: string
  bytes: Buffer
}

const ROWS = Array.from({ length: 300 }, (_, index) => ({
  id: index,
  name: index % 7 === 0 ? null : `n ${index} é "quoted", ${'x'.repeat(index % 40)}`,
  ratio: index / 7,
  seen: `2024-01-${String(1 + (index % 28)).padStart(2, '0')}`,
  tags: ['a', `b${index}`],
  nested: { deep: { flag: index % 2 === 0 } }
}))

const FORMATS = ['parquet', 'csv', 'tsv', 'json', 'jsonl', 'arrow'] as const

async function must(arena: Arena, tool: string, args: Record<string, unknown>): Promise<Record<string, unknown>> {
  const answer = await arena.invoke({ tool, args })
  if (answer.success !== true) throw new Error(`${tool} failed: ${answer.message}`)
  return answer
}

export async function tableSamples(arena: Arena): Promise<Sample[]> {
  await must(arena, 'load_dataset', { source: ROWS, options: { dataset_id: 'rows' } })
  const samples: Sample[] = []
  for (const format of FORMATS) {
    const name = `sample.${format}`
    await must(arena, 'save_dataset', { dataset_data: 'rows', destination: name })
    samples.push({ name, bytes: await readFile(join(arena.cwd, name)) })
  }
  return samples
}

/** A file of many blocks, a directory, and values that link to each other. */
export async function carSamples(arena: Arena): Promise<Sample[]> {
  const text = await must(arena, 'ipfs_add', { content: 'long text '.repeat(60_000) })
  const directory = await must(arena, 'pin_to_ipfs', { content_source: 'people.csv', wrap_with_directory: true })
  const leaf = await must(arena, 'ipfs_dag_put', {
    value: { list: [1, 2.5, null, true, 'x'], bytes: { '/': { bytes: 'AAEC' } } }
  })
  const root = await must(arena, 'ipfs_dag_put', { value: { leaf: { '/': leaf.cid }, é: -1, big: 2 ** 40 } })
  const json = await must(arena, 'ipfs_dag_put', { value: { leaf: { '/': leaf.cid } }, codec: 'dag-json' })
  const samples: Sample[] = []
  for (const [index, { cid }] of [text, directory, root, json].entries()) {
    const name = `sample-${index}.car`
    await must(arena, 'ipfs_export_car', { cid, output_path: name })
    samples.push({ name, bytes: await readFile(join(arena.cwd, name)) })
  }
  return samples
}

export interface Block {
  codec: number
  bytes: Buffer
}

/** Blocks as they stand in a CAR, to be damaged and given the CID that their damaged bytes have. */
export function blockSamples(): Block[] {
  const cbor =
    'a3646c697374850102fb4004000000000000f6f5636269671b0000010000000000646c696e6bd82a582500017112206e6ff7950a36187a801613426e858dce686cd7d7e3c0fc42ee0330072d245c95'
  const file = '0a0b0802120568656c6c6f180512340a2401551220'
  const directory = `122c0a2401551220${'2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824'}12016118050a020801`
  const sharded = `12300a2401551220${'2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824'}1205303061626318050a0d08051201012822308002`
  return [
    { codec: CODEC.dagCbor, bytes: Buffer.from(cbor, 'hex') },
    { codec: CODEC.dagPb, bytes: Buffer.from(file.slice(0, 26), 'hex') },
    { codec: CODEC.dagPb, bytes: Buffer.from(directory, 'hex') },
    { codec: CODEC.dagPb, bytes: Buffer.from(sharded, 'hex') },
    { codec: CODEC.dagJson, bytes: Buffer.from('{"a":[1,{"/":"bafkqaaa"},{"/":{"bytes":"AAEC"}}]}') }
  ]
}

/** A CAR of one block without a root's closure to check: the header names no root. */
export function carOf({ codec, bytes }: Block): { cid: string; car: Buffer } {
  const cid = cidOf(bytes, codec)
  const header = Buffer.from('a265726f6f7473806776657273696f6e01', 'hex')
  return { cid: cid.toString(), car: Buffer.concat([section(header), section(Buffer.concat([cid.bytes, bytes]))]) }
}

function section(bytes: Buffer): Buffer {
  const length: number[] = []
  for (let rest = bytes.length; ; rest >>>= 7) {
    if (rest < 0x80) return Buffer.concat([Buffer.from([...length, rest]), bytes])
    length.push((rest & 0x7f) | 0x80)
  }
}
