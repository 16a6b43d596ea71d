import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { pack } from '../../scripts/pack.ts'
import { connect, hasRegistry, run } from './install.ts'

const CHECKS = new URL('../../node_modules/.bin/', import.meta.url)

describe.skipIf(!hasRegistry())('installed from its tarball into an empty folder', () => {
  let folder = ''

  beforeAll(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'package-')))
    const { filename } = pack(folder)
    await writeFile(join(folder, 'package.json'), '{"private":true}')
    const options = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund']
    execFileSync('npm', ['install', ...options, join(folder, filename)], { cwd: folder, stdio: 'ignore' })
  }, 300_000)

  afterAll(() => rm(folder, { recursive: true, force: true }))

  test('npx runs it and it says its version', async () => {
    const { stdout } = await run(folder, 'npx', ['ipfs-datasets-mcp', '--version'])
    expect(stdout).toBe(`${manifest.version}\n`)
  })

  test('the doctor finds nothing wrong, and every service works', async () => {
    const { stdout } = await run(folder, 'npx', ['ipfs-datasets-mcp', 'doctor', '--json'])
    const { ok, checks } = JSON.parse(stdout)
    expect(checks.filter(({ status }: { status: string }) => status === 'failed')).toEqual([])
    expect(ok).toBe(true)
  })

  test('a client lists its tools, loads a file and asks it in SQL', async () => {
    const cwd = join(folder, 'work')
    await mkdir(cwd)
    await writeFile(join(cwd, 'people.csv'), 'name,age\nAda,36\nGrace,85\n')
    const client = await connect(cwd, {
      command: join(folder, 'node_modules/.bin/ipfs-datasets-mcp'),
      args: ['serve', '--data-dir', join(cwd, 'data')]
    })
    try {
      const { tools } = await client.listTools()
      expect(tools.map(({ name }) => name)).toContain('tools_dispatch')
      await client.callTool({ name: 'load_dataset', arguments: { source: 'people.csv' } })
      const sql = 'SELECT sum(age) AS age FROM dataset'
      const answer = await client.callTool({ name: 'query_dataset', arguments: { dataset_id: 'people', sql } })
      expect(answer.structuredContent).toMatchObject({ success: true, rows: [{ age: 121 }] })
    } finally {
      await client.close()
    }
  })

  test('a program that embeds a node compiles against its types, and runs', async () => {
    const program = `
      import { type Config, loadConfig, startNode, createLog } from 'ipfs-datasets-mcp'
      const config: Config = await loadConfig({ flags: {}, env: {}, cwd: '.', home: '.', readFile: async () => '' })
      // @ts-expect-error A port is a number, so these are types and not any.
      const port: string = config.server.port
      await using node = await startNode(config, { log: createLog('error', () => {}) })
      console.log(port, node.ready().ready)
    `
    await writeFile(join(folder, 'embed.mts'), program)
    const types = fileURLToPath(new URL('../../node_modules/@types', import.meta.url))
    const flags = `--ignoreConfig --noEmit --strict --module nodenext --lib esnext --types node --typeRoots ${types}`
    await run(folder, fileURLToPath(new URL('tsc', CHECKS)), [...flags.split(' '), 'embed.mts'])
    const { stdout } = await run(folder, process.execPath, ['embed.mts'])
    expect(stdout).toBe('3002 true\n')
  })
})
