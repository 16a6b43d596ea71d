/** `tools`: what can be called. Reads the manifest only, so it needs no data directory. */
import { parseArgs } from 'node:util'
import { type Catalog, createCatalog, type Manifest, type ManifestTool, UnknownNameError } from '../core/catalog.ts'
import manifest from '../manifest.json' with { type: 'json' }
import { COMMON_OPTIONS } from './common.ts'
import { table } from './table.ts'
import { type Command, EXIT, UsageError } from './terminal.ts'

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
  async run(args, { stdout }) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { ...COMMON_OPTIONS, json: { type: 'boolean' } }
    })
    // JSON has no literal types; the manifest is written by a script from typed declarations and checked for freshness.
    const catalog = createCatalog(manifest as unknown as Manifest, {}, () => undefined)
    const [first, name] = positionals
    const print = (value: unknown, text: () => string) =>
      stdout.write(values.json ? `${JSON.stringify(value, undefined, 2)}\n` : text())

    if (first === undefined) {
      const rows = catalog.categories.map(({ id, title, summary, tools }) => ({
        id,
        title,
        summary,
        tools: tools.length
      }))
      print(rows, () => table(rows.map(row => [row.id, String(row.tools), row.summary])))
    } else if (first === 'show') {
      if (name === undefined)
        throw new UsageError('Which tool? For example: ipfs-datasets-mcp tools show query_dataset')
      const { entry } = await explained(catalog, () => catalog.resolve(name))
      print(entry, () => describe(entry))
    } else {
      const { tools } = await explained(catalog, () => catalog.category(first))
      const rows = tools.map(tool => ({ name: tool.name, effect: tool.effect, title: tool.title }))
      print(rows, () => table(rows.map(row => [row.name, row.effect, row.title])))
    }
    return EXIT.ok
  }
}

/** Names of other servers are explained as the dispatcher does it. */
async function explained<T>(catalog: Catalog, look: () => T): Promise<T> {
  try {
    return look()
  } catch (error) {
    if (!(error instanceof UnknownNameError)) throw error
    const { explainUnknown } = await import('../compat/explain.ts')
    throw explainUnknown(error, catalog)
  }
}

function describe(tool: ManifestTool): string {
  const required = new Set(Array.isArray(tool.inputSchema.required) ? tool.inputSchema.required : [])
  const parameters = Object.entries(Object(tool.inputSchema.properties)).map(([name, schema]) => {
    const { type, description, default: fallback } = Object(schema)
    const about = [typeof type === 'string' ? type : 'any', required.has(name) ? 'required' : undefined]
    if (fallback !== undefined) about.push(`default ${JSON.stringify(fallback)}`)
    return [`  ${name}`, about.filter(Boolean).join(', '), typeof description === 'string' ? description : '']
  })
  return `${tool.category}.${tool.name} (${tool.effect}): ${tool.title}

${tool.description}

Parameters:
${parameters.length > 0 ? table(parameters) : '  none\n'}
Errors: ${tool.errors.join(', ') || 'none of its own'}
Contract: ${tool.contract}
`
}
