import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tableFromArrays, tableToIPC } from 'apache-arrow'
import { expect, test } from 'vitest'
import { checkArrowBounds } from '../../../src/services/datasets/arrow-bounds.ts'

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
