/** Routes that call one tool: its arguments are the body, or for a GET the path and the query. */
import type { ManifestTool } from '../../core/catalog.ts'
import { AppError } from '../../core/errors.ts'
import { answerOf, type RestParts, type Route, type Sent } from './route.ts'

export interface ToolRoute {
  method: Route['method']
  path: string
  tool: string
  /** Parameters that the query may give. A GET takes none that write or reach out, since any page can make a browser send one. */
  query?: readonly string[]
}

export function toolRoute({ method, path, tool, query = [] }: ToolRoute): Route {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
  return {
    method,
    path,
    summary: tool,
    describe(catalog) {
      const { title, inputSchema, outputSchema } = catalog.resolve(tool).entry
      const parameter = (name: string) => ({ name, schema: Object(inputSchema.properties)[name] })
      const shown = { path, summary: title, answer: outputSchema }
      if (method === 'POST') return [{ ...shown, body: inputSchema }]
      return [{ ...shown, query: query.map(parameter), pathParameters: inPath.map(parameter) }]
    },
    async answer(sent, { invoke, catalog }) {
      const { entry } = catalog.resolve(tool)
      const args = method === 'POST' ? sent.body : { ...readQuery(entry, query, sent.query), ...sent.path }
      const { evidence, signal } = sent
      return answerOf(await invoke({ tool, args, evidence, signal }), envelope => envelope)
    }
  }
}

/** Text of the query as the values that the tool takes; what cannot be read is left for its schema to refuse. */
function readQuery({ inputSchema }: ManifestTool, allowed: readonly string[], query: Sent['query']) {
  const unknown = Object.keys(query).filter(name => !allowed.includes(name))
  if (unknown.length > 0) {
    const suggestion = allowed.length > 0 ? `one of ${allowed.join(', ')}` : 'none at all'
    throw new AppError(
      'INVALID_INPUT',
      `The query has parameters that this route does not take: ${unknown.join(', ')}`,
      {
        issues: unknown.map(name => ({ path: `/${name}`, message: `Unknown parameter "${name}"`, suggestion }))
      }
    )
  }
  return Object.fromEntries(
    Object.entries(query).map(([name, text]) => [name, readValue(text, Object(inputSchema.properties)[name])])
  )
}

function readValue(text: string, { type }: { type?: unknown }): unknown {
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  if ((type === 'number' || type === 'integer') && text.trim() !== '' && Number.isFinite(Number(text)))
    return Number(text)
  return text
}

/** The body of a call by name: INVALID_INPUT unless it is an object with the name of a tool. */
export function namedCall(body: unknown): { tool: string; args: unknown } {
  const { name, arguments: args = {} }: { name?: unknown; arguments?: unknown } =
    typeof body === 'object' && body !== null ? body : {}
  if (typeof name === 'string') return { tool: name, args }
  throw new AppError('INVALID_INPUT', 'The body is {"name": <tool>, "arguments": {…}}', {
    issues: [{ path: '/name', message: 'Must be the name of a tool' }]
  })
}

/** Every tool that the catalogue lists. */
export function listedTools({ categories }: RestParts['catalog']): ManifestTool[] {
  return categories.flatMap(({ tools }) => tools)
}
