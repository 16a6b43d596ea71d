import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseCid } from '../../../src/core/cid.ts'
import type { Blocks } from '../../../src/services/blocks/api.ts'
import { createBlocks } from '../../../src/services/blocks/index.ts'
import { connectKubo } from '../../../src/services/blocks/kubo/rpc.ts'
import { type KuboDaemon, kuboMissing, startKubo } from '../../helpers/kubo-daemon.ts'
import { collect, failing, noise } from '../../suites/blocks/content.ts'
import { blocksSuite } from '../../suites/blocks.ts'

const PACKAGE = new URL('../../../package.json', import.meta.url).pathname
const TSCONFIG = new URL('../../../tsconfig.json', import.meta.url).pathname

/** Two, since a test carries blocks from one store to another. */
const daemons: KuboDaemon[] = []
let opened = 0

beforeAll(async () => {
  if (!kuboMissing) daemons.push(...(await Promise.all([startKubo(), startKubo()])))
}, 30_000)

afterAll(async () => {
  for (const daemon of daemons) await daemon[Symbol.asyncDispose]()
})

async function open(daemon = daemons[opened++ % daemons.length]) {
  if (!daemon) throw new Error('No daemon was started')
  const directory = await mkdtemp(join(tmpdir(), 'blocks-'))
  const blocks = createBlocks({ directory, kubo: { url: daemon.url } })
  await blocks.start()
  return {
    blocks,
    ipfs: daemon.ipfs,
    async [Symbol.asyncDispose]() {
      await blocks.stop()
      await rm(directory, { recursive: true, force: true })
    }
  }
}

describe.skipIf(kuboMissing)('with a real Kubo', () => {
  blocksSuite('blocks in Kubo', async () => {
    const store = await open()
    // The suite wants an empty store each time.
    for (const { cid } of (await store.blocks.listPins()).pins) await store.blocks.unpin(cid)
    const { keptBlocks: others } = await store.blocks.gc()
    // The root of `ipfs files` is the daemon's own.
    const gc: Blocks['gc'] = async options => {
      const result = await store.blocks.gc(options)
      return { ...result, keptBlocks: result.keptBlocks - others }
    }
    return { ...store, blocks: { ...store.blocks, gc } }
  })
})

describe.skipIf(kuboMissing || process.env.KUBO_API)('a Kubo that others use as well', () => {
  test('has what was added here, pinned, and gives what others added', async () => {
    await using store = await open()
    const { blocks, ipfs } = store
    const { cid } = await blocks.addFile([noise(600_000)], { pin: 'recursive' })
    expect(await ipfs('pin', 'ls', '--type=recursive', '--quiet')).toContain(String(cid))
    expect(await ipfs('files', 'stat', '--format=<size>', `/ipfs/${cid}`)).toBe('600000')

    const theirs = await ipfs('files', 'write', '--create', '--raw-leaves', '/theirs', PACKAGE).then(() =>
      ipfs('files', 'stat', '--hash', '/theirs')
    )
    expect(await collect(blocks.cat(parseCid(theirs)))).toEqual(await readFile(PACKAGE))
  })

  test('keeps what others pinned after the start, and what their files show, through a collection of ours', async () => {
    await using store = await open()
    const { blocks, ipfs } = store
    const pinned = await ipfs('add', '-Q', '--cid-version=1', PACKAGE)
    await ipfs('files', 'write', '--create', '--parents', '/kept/file', TSCONFIG)
    const shown = await ipfs('files', 'stat', '--hash', '/kept/file')
    const { cid: garbage } = await blocks.addFile([noise(10_000, 7)])
    await blocks.gc()
    expect(await blocks.has(garbage)).toBe(false)
    expect(await collect(blocks.cat(parseCid(pinned)))).toEqual(await readFile(PACKAGE))
    expect(await collect(blocks.cat(parseCid(shown)))).toEqual(await readFile(TSCONFIG))
    expect((await blocks.listPins()).pins.map(pin => String(pin.cid))).toContain(pinned)
  })

  test('sees at once that others took a pin away', async () => {
    await using store = await open()
    const { cid } = await store.blocks.addFile([noise(10)], { pin: 'recursive' })
    await store.ipfs('pin', 'rm', String(cid))
    expect((await store.blocks.listPins()).pins.map(pin => String(pin.cid))).not.toContain(String(cid))
    await expect(store.blocks.unpin(cid)).rejects.toEqual(failing('NOT_FOUND'))
  })

  test('that ends and comes back is waited for by nobody, and used again', async () => {
    await using daemon = await startKubo()
    await using store = await open(daemon)
    const { cid } = await store.blocks.addFile([noise(10)], { pin: 'recursive' })
    await daemon.kill()
    await expect(store.blocks.get(cid)).rejects.toEqual(failing('SERVICE_UNAVAILABLE'))
    await expect(store.blocks.addFile([noise(20)])).rejects.toEqual(failing('SERVICE_UNAVAILABLE'))
    await expect(store.blocks.listPins()).rejects.toEqual(failing('SERVICE_UNAVAILABLE'))
    await daemon.restart()
    expect(noise(10).equals(await store.blocks.get(cid))).toBe(true)
  })

  test('lets in who has its secret, and nobody else', async () => {
    await using daemon = await startKubo({
      API: { Authorizations: { us: { AuthSecret: 'bearer:open-sesame', AllowedPaths: ['/api/v0'] } } }
    })
    const connect = (secret?: string) => connectKubo({ url: daemon.url, secret })
    for (const secret of [undefined, 'wrong', 'basic:us:open-sesame']) {
      await expect(connect(secret)).rejects.toMatchObject({
        code: 'SERVICE_UNAVAILABLE',
        message: expect.stringContaining('ipfs.kubo_secret_file')
      })
    }
    for (const secret of ['open-sesame', 'bearer:open-sesame']) await (await connect(secret)).close()
  })
})
