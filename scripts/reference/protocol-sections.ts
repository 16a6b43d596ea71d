/** The sections of the index on what clients reach by other methods than `tools/call`: prompts and resources. */
import { schemaRows } from '../../src/cli/schema-rows.ts'
import type { ManifestCategory } from '../../src/core/catalog.ts'
import { RESOURCE_TEMPLATES } from '../../src/tools/resources/templates.ts'
import { code, plain, table } from './markdown.ts'

export function promptsSection({ title, summary, tools }: ManifestCategory): string {
  const rows = tools.map(({ name, description, inputSchema }) => [code(name), description, argumentsText(inputSchema)])
  return `## ${title}\n\n${summary}, by \`prompts/get\`.\n\n${table(['prompt', 'what it begins', 'arguments'], rows)}`
}

function argumentsText(schema: ManifestCategory['tools'][number]['inputSchema']): string {
  return schemaRows(schema)
    .map(({ name, required, description }) => `${code(name)}${required ? '' : ' (optional)'}: ${plain(description)}`)
    .join('; ')
}

export function resourcesSection(): string {
  const rows = RESOURCE_TEMPLATES.map(({ uriTemplate, description }) => [code(uriTemplate), description])
  return `## Resources\n\nRead by \`resources/read\`; \`resources/list\` names the datasets.\n\n${table(['URI', 'what it answers'], rows)}`
}
