/** A datasets service over real files, blocks and network in a directory of its own. */
import { cp, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBlocks } from '../../../src/services/blocks/index.ts'
import type { DatasetsLimits } from '../../../src/services/datasets/context.ts'
import { createDatasets } from '../../../src/services/datasets/index.ts'
import { createFetcher } from '../../../src/services/fetcher/index.ts'
import { createFiles } from '../../../src/services/files/index.ts'

const VEGA = join(import.meta.dirname, '../../../node_modules/vega-datasets/data')

export async function openBench(limits: Partial<DatasetsLimits> = {}) {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'datasets-')))
  const work = join(root, 'work')
  const directory = join(root, 'state', 'datasets')
  await mkdir(work)
  let tick = Date.UTC(2026, 0, 1)

  const open = async () => {
    const files = createFiles({ roots: [work], scratchDirectory: join(root, 'state', 'scratch') })
    const fetcher = createFetcher({ allowHttp: true, allowLoopback: true })
    const blocks = createBlocks({ directory: join(root, 'state', 'blocks') })
    const clock = { now: () => (tick += 1000), monotonic: () => performance.now(), after: () => () => {} }
    const datasets = createDatasets({ directory, files, fetcher, blocks, clock, limits })
    for (const service of [files, fetcher, blocks, datasets]) await service.start()
    return { files, fetcher, blocks, datasets }
  }
  let services = await open()
  const close = async () => {
    for (const service of [services.datasets, services.blocks, services.fetcher, services.files]) await service.stop()
  }

  return {
    root,
    work,
    directory,
    get datasets() {
      return services.datasets
    },
    get blocks() {
      return services.blocks
    },
    async restart() {
      await close()
      services = await open()
    },
    /** Writes a file into the working directory and answers its name. */
    async write(name: string, content: string | Uint8Array) {
      await writeFile(join(work, name), content)
      return name
    },
    async vega(name: string) {
      await cp(join(VEGA, name), join(work, name))
      return name
    },
    async [Symbol.asyncDispose]() {
      await close()
      await rm(root, { recursive: true, force: true })
    }
  }
}
