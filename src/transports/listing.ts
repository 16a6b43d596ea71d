/** The MCP face of the catalogue: the tools that `tools/list` shows. Exposure decides what is listed, never what can be called. */
import { type ManifestCategory, type ManifestTool, META_CATEGORY } from '../core/catalog.ts'

/** `meta` lists the tools about tools only, `flat` everything, an array the named categories; meta always comes first. */
export type Exposure = 'meta' | 'flat' | readonly string[]

/** A tool as `tools/list` sends it. */
export interface ToolListing {
  name: string
  title: string
  description: string
  inputSchema: Record<string, unknown>
  outputSchema: Record<string, unknown>
  annotations: {
    readOnlyHint: boolean
    destructiveHint: boolean
    idempotentHint: boolean
    openWorldHint: boolean
  }
}

/** In the order of the catalogue, which is the order of the lists in the code. */
export function listTools(categories: readonly ManifestCategory[], exposure: Exposure): ToolListing[] {
  return categories.filter(({ id }) => isExposed(id, exposure)).flatMap(category => category.tools.map(describeTool))
}

function isExposed(category: string, exposure: Exposure): boolean {
  if (category === META_CATEGORY || exposure === 'flat') return true
  return exposure !== 'meta' && exposure.includes(category)
}

function describeTool(tool: ManifestTool): ToolListing {
  return {
    name: tool.name,
    title: tool.title,
    description: tool.description,
    inputSchema: tool.inputSchema,
    outputSchema: tool.outputSchema,
    annotations: {
      readOnlyHint: tool.effect === 'read',
      destructiveHint: tool.effect === 'replace' || tool.effect === 'delete' || tool.effect === 'external',
      idempotentHint: tool.limits.isIdempotent,
      openWorldHint: tool.effect === 'external'
    }
  }
}

/** An argument that a client repeats in an HTTP header. */
export interface ParameterHeader {
  parameter: string
  /** In lower case, as Node has header names. */
  header: string
}

/** The annotated parameters of each tool that has some (`x-mcp-header` in its schema). */
export function parameterHeaders(tools: readonly ToolListing[]): ReadonlyMap<string, readonly ParameterHeader[]> {
  const byTool = new Map<string, ParameterHeader[]>()
  for (const { name, inputSchema } of tools) {
    const properties = Object.entries(inputSchema.properties ?? {})
    const headers = properties.flatMap(([parameter, schema]) => {
      const suffix: unknown =
        typeof schema === 'object' && schema !== null ? Reflect.get(schema, 'x-mcp-header') : undefined
      return typeof suffix === 'string' ? [{ parameter, header: `mcp-param-${suffix.toLowerCase()}` }] : []
    })
    if (headers.length > 0) byTool.set(name, headers)
  }
  return byTool
}
