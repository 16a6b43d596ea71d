/** What every implementation of `Blocks` does. Each test gets a store of its own, started and empty. */
import { describe } from 'vitest'
import { carsSuite } from './blocks/cars.ts'
import type { CreateBlocks } from './blocks/content.ts'
import { filesSuite } from './blocks/files.ts'
import { lifeSuite } from './blocks/life.ts'
import { pinsSuite } from './blocks/pins.ts'
import { valuesSuite } from './blocks/values.ts'

export function blocksSuite(name: string, create: CreateBlocks): void {
  describe(name, () => {
    filesSuite(create)
    valuesSuite(create)
    pinsSuite(create)
    carsSuite(create)
    lifeSuite(create)
  })
}
