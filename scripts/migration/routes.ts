/** The paths of the Python server over HTTP. */
import { OLD_ROUTES } from '../../src/compat/old-routes.ts'
import type { Manifest } from '../../src/core/catalog.ts'
import { ROUTES } from '../../src/transports/rest/routes.ts'
import { code, table } from '../reference/markdown.ts'
import { linkTools, toolPages } from './links.ts'

export function routesSection(manifest: Manifest): string {
  const pages = toolPages(manifest)
  const rows = ROUTES.map(({ method, path, summary }) => [code(`${method} ${path}`), linkTools(summary, pages)])
  const old = OLD_ROUTES.map(({ path, advice }) => [code(path), linkTools(advice, pages)])
  return `## Paths over HTTP

\`GET /openapi.json\` describes these as OpenAPI 3.1, each tool with its schemas. The body of a POST is the tool's parameters as JSON; a failure answers
with a fitting status and the error as JSON. \`/health\`, \`/health/ready\` and \`/metrics\` are as they were.

${table(['route', 'calls'], rows)}

Paths that are not answered, each with all below it:

${table(['path', 'instead'], old)}`
}
