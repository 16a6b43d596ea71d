/** The page of one tool. Everything on it comes from the manifest and the tool's examples. */
import { type SchemaRow, schemaRows } from '../../src/cli/schema-rows.ts'
import type { ManifestTool } from '../../src/core/catalog.ts'
import { ERROR_TABLE } from '../../src/core/errors.ts'
import type { AliasNames, ToolExample } from '../../src/core/tool.ts'
import { code, json, page, plain, table } from './markdown.ts'
import { splitUses } from './uses.ts'

const EFFECTS: Record<ManifestTool['effect'], string> = {
  read: 'changes nothing',
  create: 'adds something new',
  replace: 'may replace what is there',
  delete: 'deletes',
  external: 'acts outside of this server'
}

/** `names` are all tools, so that a mention of one becomes a link to its page. */
export function toolPage(tool: ManifestTool, examples: readonly ToolExample[], names: ReadonlySet<string>): string {
  const uses = splitUses(tool.description, tool.name, names)
  const linked = (sentences: readonly string[]) => linkTools(plain(sentences.join(' ')), tool.name, names)
  return page(
    `# ${tool.name}`,
    `${tool.title} · [${tool.category}](index.md#${tool.category})`,
    `## When to use it\n\n${linked(uses.use)}`,
    uses.avoid.length > 0 ? `## When not\n\n${linked(uses.avoid)}` : undefined,
    `## Parameters\n\n${parametersTable(schemaRows(tool.inputSchema, code))}`,
    `## Result\n\n${resultTable(schemaRows(tool.outputSchema, code))}`,
    `## Errors\n\n${errorsTable(tool)}`,
    `## Facts\n\n${factsTable(tool)}`,
    ...examples.map((example, index) => exampleText(tool.name, example, index === 0))
  )
}

function linkTools(text: string, self: string, names: ReadonlySet<string>): string {
  return text.replace(/[a-z][a-z0-9_]+/g, word => (word !== self && names.has(word) ? `[${word}](${word}.md)` : word))
}

function parametersTable(rows: readonly SchemaRow[]): string {
  if (rows.length === 0) return 'None.'
  return table(
    ['name', 'type', 'required', 'default', 'bounds', 'meaning'],
    rows.map(({ name, type, required, fallback, bounds, description }) => [
      code(name),
      type,
      required ? 'yes' : 'no',
      fallback === undefined ? '' : code(fallback),
      bounds,
      plain(description)
    ])
  )
}

function resultTable(rows: readonly SchemaRow[]): string {
  return table(
    ['name', 'type', 'always there', 'meaning'],
    rows.map(({ name, type, required, description }) => [code(name), type, required ? 'yes' : 'no', plain(description)])
  )
}

function errorsTable({ errors }: ManifestTool): string {
  const common = 'Any call can also end in one of the [errors of every tool](../errors.md).'
  if (errors.length === 0) return common
  const rows = [...errors].sort().map(name => {
    const { summary, retryable } = ERROR_TABLE[name]
    return [code(name), retryable ? 'yes' : 'no', summary]
  })
  return `${table(['code', 'retryable', 'what happened'], rows)}\n\n${common}`
}

function factsTable({ effect, ability, runtime, remote, aliases, limits, contract }: ManifestTool): string {
  const facts = [
    ['effect', `${effect}: ${EFFECTS[effect]}`],
    ['ability', code(ability)],
    ['lane', runtime],
    ['started by others', remote],
    ...(aliases ? [['other names', aliases.map(aliasText).join(', ')]] : []),
    ['time limit', limits.timeoutMs === undefined ? '`server.tool_timeout`' : `${limits.timeoutMs / 1000} s`],
    ['result at most', `${limits.resultBytes} bytes of JSON`],
    ['same call again, same effect', limits.isIdempotent ? 'yes' : 'no'],
    ['may be retried', limits.isRetrySafe ? 'yes' : 'no'],
    ['contract', code(contract)]
  ]
  return table(['fact', 'value'], facts)
}

function aliasText({ name, parameters = {} }: AliasNames): string {
  const renamed = Object.entries(parameters).map(([theirs, ours]) => `${code(theirs)} is ${code(ours)}`)
  return renamed.length > 0 ? `${code(name)} (${renamed.join(', ')})` : code(name)
}

function exampleText(name: string, { title, before = [], input, output }: ToolExample, isFirst: boolean): string {
  return page(
    isFirst ? '## Examples' : undefined,
    `### ${title}`,
    ...before.map(({ tool, args }) => `First:\n\n${json({ name: tool, arguments: args })}`),
    `Call:\n\n${json({ name, arguments: input })}`,
    `The result contains:\n\n${json({ success: true, ...output })}`
  ).trimEnd()
}
