/** Every example of every tool is run as written, through the shipping dispatcher. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadConfig } from '../../src/config.ts'
import { silentLog } from '../../src/core/log.ts'
import { startNode } from '../../src/node.ts'
import { categoryLoaders, unlistedLoaders } from '../../src/tools/index.ts'
import { createWorkspace } from '../helpers/processes.ts'

const loaders = Object.values({ ...categoryLoaders, ...unlistedLoaders })
const categories = await Promise.all(loaders.map(load => load()))

describe.each(categories.flatMap(({ tools }) => tools.map(tool => [tool.name, tool] as const)))('%s', (name, tool) => {
  test.each(tool.examples.map(example => [example.title, example] as const))('%s', async (_title, example) => {
    await using workspace = await createWorkspace()
    // The file that examples speak of.
    await writeFile(
      join(workspace.cwd, 'people.csv'),
      'name,city,age\nAda,London,36\nGrace,New York,85\nAlan,London,41\n'
    )
    const { cwd, dataDir } = workspace
    const config = await loadConfig({
      flags: { 'data-dir': dataDir },
      env: {},
      cwd,
      home: cwd,
      readFile: async () => ''
    })
    await using node = await startNode(config, { log: silentLog, runsTasks: true })
    for (const { tool: before, args } of example.before ?? []) {
      const { envelope } = await node.invoke({ tool: before, args, evidence: { kind: 'process' } })
      expect(envelope).toMatchObject({ success: true })
    }
    const { envelope } = await node.invoke({ tool: name, args: example.input, evidence: { kind: 'process' } })
    expect(envelope).toMatchObject({ success: true, ...example.output })
  })
})
