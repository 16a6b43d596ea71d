/** `tools`: what can be called. Reads the manifest, so it needs no data directory; only examples are with the code of a tool. */
import { parseArgs } from 'node:util'
import { explained, knownTools } from './known-tools.ts'
import { lookOf } from './look.ts'
import { COMMON_OPTIONS } from './options.ts'
import { printTable } from './table.ts'
import { type Command, EXIT, type Terminal, UsageError } from './terminal.ts'

const HELP = `Usage: ipfs-datasets-mcp tools [category] [--json]
       ipfs-datasets-mcp tools show <name> [--json]

Without arguments lists the categories, with one its tools; "show" prints how a tool is called.

Examples:
  ipfs-datasets-mcp tools
  ipfs-datasets-mcp tools dataset_tools
  ipfs-datasets-mcp tools show query_dataset
`

export const tools: Command = {
  summary: 'List tools, or show how one is called',
  help: HELP,
  async run(args, terminal) {
    const options = { ...COMMON_OPTIONS, json: { type: 'boolean' } } as const
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options })
    const catalog = knownTools()
    const [first, name] = positionals
    const print = async (value: unknown, show: () => void | Promise<void>) => {
      if (values.json) terminal.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`)
      else await show()
    }

    if (first === undefined) {
      const rows = catalog.categories.map(({ id, title, summary, tools }) => ({
        id,
        title,
        summary,
        tools: tools.length
      }))
      const lines = rows.map(row => [row.id, String(row.tools), row.summary])
      await print(rows, () => printTable(lines, terminal, ['category', 'tools', 'for']))
    } else if (first === 'show') {
      if (name === undefined)
        throw new UsageError('Which tool? For example: ipfs-datasets-mcp tools show query_dataset')
      const { entry } = await explained(() => catalog.resolve(name))
      await print(entry, async () => void terminal.stdout.write(await describeTool(name, terminal)))
    } else {
      const { tools } = await explained(() => catalog.category(first))
      const rows = tools.map(tool => ({ name: tool.name, effect: tool.effect, title: tool.title }))
      const lines = rows.map(row => [row.name, row.effect, row.title])
      await print(rows, () => printTable(lines, terminal, ['tool', 'effect', 'does']))
    }
    return EXIT.ok
  }
}

/** By name or alias; TOOL_NOT_FOUND says what is meant or what to use instead. */
export async function describeTool(name: string, { stdout, env }: Terminal): Promise<string> {
  const catalog = knownTools()
  const { entry } = await explained(() => catalog.resolve(name))
  const [{ toolText }, { categoryLoaders }] = await Promise.all([import('./tool-text.ts'), import('../tools/index.ts')])
  const code = await categoryLoaders[entry.category]?.()
  const examples = code?.tools.find(tool => tool.name === entry.name)?.examples ?? []
  return toolText(entry, examples, tool => catalog.resolve(tool).entry.inputSchema, lookOf(stdout, env))
}
