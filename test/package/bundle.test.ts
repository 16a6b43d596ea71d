import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { getMcpConfigForManifest, MANIFEST_SCHEMAS } from '@anthropic-ai/mcpb/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeBundle } from '../../scripts/mcpb/bundle.ts'
import { bundleManifest } from '../../scripts/mcpb/manifest.ts'
import { connect, hasRegistry } from './install.ts'

const UNPACK = fileURLToPath(new URL('../../node_modules/.bin/mcpb', import.meta.url))

test('the manifest of the bundle keeps to its specification', () => {
  expect(MANIFEST_SCHEMAS['0.3'].parse(bundleManifest('linux'))).toMatchObject({
    compatibility: { platforms: ['linux'] }
  })
})

// Packing a native library takes most of a minute on a busy machine, so this is for `npm run test:package`.
describe.skipIf(process.env.PACKAGE === undefined || !hasRegistry())('the bundle, unpacked as a client does', () => {
  let folder = ''

  beforeAll(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'bundle-')))
    const bundle = await makeBundle(folder)
    execFileSync(UNPACK, ['unpack', bundle, join(folder, 'unpacked')], { stdio: 'ignore' })
  }, 300_000)

  afterAll(() => rm(folder, { recursive: true, force: true }))

  test('starts with what the user configured, lists the tools that it names, and reads the configured directory', async () => {
    const files = join(folder, 'my files')
    await mkdir(files)
    await writeFile(join(files, 'people.csv'), 'name,age\nAda,36\n')
    const unpacked = join(folder, 'unpacked')
    const manifest = JSON.parse(await readFile(join(unpacked, 'manifest.json'), 'utf8'))
    const command = await getMcpConfigForManifest({
      manifest,
      extensionPath: unpacked,
      systemDirs: {},
      userConfig: { directory: files, data_directory: join(folder, 'data') },
      pathSeparator: '/'
    })
    const { args = [], env = {} } = command ?? {}
    const client = await connect(folder, { command: process.execPath, args, env })
    try {
      const { tools } = await client.listTools()
      expect(tools.map(({ name }) => name)).toEqual(manifest.tools.map(({ name }: { name: string }) => name))
      const source = join(files, 'people.csv')
      const inside = await client.callTool({ name: 'load_dataset', arguments: { source } })
      expect(inside.structuredContent).toMatchObject({ success: true, num_records: 1 })
      const outside = await client.callTool({
        name: 'load_dataset',
        arguments: { source: join(unpacked, 'README.md') }
      })
      expect(outside.structuredContent).toMatchObject({ success: false, error: 'PATH_FORBIDDEN' })
    } finally {
      await client.close()
    }
  })
})
