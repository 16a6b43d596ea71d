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
      // Peers on loopback only, so that the tools about them run.
      env: {
        IPFS_DATASETS_MCP_P2P_ENABLED: 'true',
        IPFS_DATASETS_MCP_P2P_LISTEN: '/ip4/127.0.0.1/tcp/0',
        IPFS_DATASETS_MCP_P2P_MDNS: 'false'
      },
      cwd,
      home: cwd,
      readFile: async () => ''
    })
    await using node = await startNode(config, { log: silentLog })
    const answered = new Map<string, unknown>()
    for (const { tool: before, args } of example.before ?? []) {
      const { envelope } = await node.invoke({
        tool: before,
        args: filled(args, answered),
        evidence: { kind: 'process' }
      })
      expect(envelope).toMatchObject({ success: true })
      remember(envelope, answered)
    }
    const args = filled(example.input, answered)
    const { envelope } = await node.invoke({ tool: name, args, evidence: { kind: 'process' } })
    expect(envelope).toMatchObject(
      example.error ? { success: false, error: example.error } : { success: true, ...example.output }
    )
  })
})

/** Every member of an answer by its name, however deep. */
function remember(value: unknown, members: Map<string, unknown>): void {
  for (const [name, member] of Object.entries(Object(value))) {
    members.set(name, member)
    if (typeof member === 'object') remember(member, members)
  }
}

/** With the members that texts in angle brackets stand for. */
function filled(value: unknown, members: ReadonlyMap<string, unknown>): unknown {
  if (typeof value === 'string') {
    const [, name = ''] = /^<(\w+)>$/.exec(value) ?? []
    return members.get(name) ?? value
  }
  if (Array.isArray(value)) return value.map(item => filled(item, members))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, filled(member, members)]))
}
