/** How a tool is called, for people: what it is for, its parameters with their bounds, and examples to paste. */
import type { ManifestTool } from '../core/catalog.ts'
import type { ToolExample } from '../core/tool.ts'
import { argumentWords } from './arguments.ts'
import type { Look } from './look.ts'
import { type SchemaRow, schemaRows } from './schema-rows.ts'
import { commandLine } from './shell-words.ts'

/** Longer lines are hard to read. */
const MOST_COLUMNS = 100

/** `inputs` are the schemas of all tools by name, for the calls that set the stage of an example. */
export function toolText(
  tool: ManifestTool,
  examples: readonly ToolExample[],
  inputs: (tool: string) => ManifestTool['inputSchema'],
  look: Look
): string {
  const wrapped = (text: string, indent = '') =>
    wrap(text, Math.min(look.columns ?? MOST_COLUMNS, MOST_COLUMNS), indent)
  const parameters = schemaRows(tool.inputSchema).map(
    row => `  ${look.title(row.name)}  ${look.faint(aboutParameter(row))}\n${wrapped(row.description, '      ')}`
  )
  const shown = examples.filter(({ error }) => error === undefined)
  return [
    `${look.title(`${tool.category}.${tool.name}`)} (${tool.effect}): ${tool.title}\n`,
    wrapped(tool.description),
    `${look.title('Usage:')} ipfs-datasets-mcp call ${tool.name} ${usageWords(tool)}`.trimEnd().concat('\n'),
    `${look.title('Parameters:')}\n${parameters.join('') || '  none\n'}`,
    shown.length > 0
      ? `${look.title('Examples:')}\n${shown.map(example => exampleText(tool.name, example, inputs, look)).join('')}`
      : '',
    `${look.title('Errors:')} ${tool.errors.join(', ') || 'none of its own'}\n${look.title('Contract:')} ${tool.contract}\n`
  ]
    .filter(part => part !== '')
    .join('\n')
}

function usageWords({ inputSchema }: ManifestTool): string {
  const top = schemaRows(inputSchema).filter(({ name }) => !/[.[{]/.test(name))
  const needed = top.filter(({ required }) => required).map(({ name }) => `${name}=…`)
  return [...needed, ...(needed.length < top.length ? ['[key=value …]'] : [])].join(' ')
}

function aboutParameter({ type, required, fallback, bounds }: SchemaRow): string {
  const isDefaulted = fallback !== undefined
  const rule = isDefaulted ? `default ${fallback}` : required ? 'required' : 'optional'
  return [type, rule, bounds].filter(part => part !== '').join('; ')
}

function exampleText(
  name: string,
  { title, before = [], input }: ToolExample,
  inputs: (tool: string) => ManifestTool['inputSchema'],
  look: Look
): string {
  const line = (tool: string, args: Record<string, unknown>) =>
    `  ${commandLine('call', tool, ...argumentWords(args, inputs(tool)))}\n`
  const stage = before.map(({ tool, args }) => line(tool, args)).join('')
  return `  ${look.faint(`# ${title}`)}\n${stage}${line(name, input)}`
}

function wrap(text: string, columns: number, indent: string): string {
  const lines: string[] = []
  for (const word of text.split(/\s+/).filter(part => part !== '')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= columns) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(`${indent}${word}`)
  }
  return lines.map(line => `${line}\n`).join('')
}
