import { describe, expect, test } from 'vitest'
import { CHUNK, type CreateBlocks, failing, HELLO, noise, text } from './content.ts'

export function lifeSuite(create: CreateBlocks): void {
  describe('its life', () => {
    test('starts and stops twice without harm, and says that it is not running after', async () => {
      await using it = await create()
      await Promise.all([it.blocks.start(), it.blocks.start()])
      await Promise.all([it.blocks.stop(), it.blocks.stop()])
      await expect(it.blocks.addFile(text('x'))).rejects.toEqual(failing('SERVICE_UNAVAILABLE'))
      await it.blocks.start()
      expect(String((await it.blocks.addFile(text('hello world'))).cid)).toBe(HELLO)
    })

    test('a stop ends what runs', async () => {
      await using it = await create()
      let stopping: Promise<void> | undefined
      const source = async function* () {
        yield noise(CHUNK)
        stopping = it.blocks.stop()
        yield noise(CHUNK, 2)
      }
      await expect(it.blocks.addFile(source(), { pin: 'recursive' })).rejects.toEqual(failing('CANCELLED'))
      await stopping
    })
  })
}
