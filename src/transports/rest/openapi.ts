/** The REST routes as an OpenAPI document (https://spec.openapis.org/oas/v3.1.1.html), from their declarations and the tools' schemas. */
import type { JsonSchema } from '../../core/catalog.ts'
import { ERROR_TABLE } from '../../core/errors.ts'
import type { Operation, RestParts, Route } from './route.ts'

const ERROR_SCHEMA: JsonSchema = {
  type: 'object',
  description: 'What failed. Match on "error", never on "message".',
  properties: {
    success: { const: false },
    status: { const: 'error' },
    error: { enum: Object.keys(ERROR_TABLE) },
    message: { type: 'string' },
    retryable: { type: 'boolean' },
    request_id: { type: 'string' },
    issues: {
      type: 'array',
      items: {
        type: 'object',
        properties: { path: { type: 'string' }, message: { type: 'string' }, suggestion: { type: 'string' } },
        required: ['path', 'message']
      }
    },
    details: { type: 'object' }
  },
  required: ['success', 'status', 'error', 'message', 'retryable']
}

export function describeApi(routes: readonly Route[], { catalog, version, needsToken }: RestParts): JsonSchema {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const route of routes) {
    for (const operation of route.describe(catalog)) {
      const path = paths[operation.path] ?? {}
      path[route.method.toLowerCase()] = describeOperation(route, operation)
      paths[operation.path] = path
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'IPFS datasets',
      version,
      description:
        'Tools over plain HTTP. The same calls as MCP at /mcp, which also has progress, prompts, resources and tasks.'
    },
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    ...(needsToken && { security: [{ token: [] }] }),
    paths,
    components: {
      schemas: { Error: ERROR_SCHEMA },
      ...(needsToken && { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } })
    }
  }
}

function describeOperation({ method }: Route, operation: Operation) {
  const { path, summary, query = [], pathParameters = [], body, answer } = operation
  const parameters = [
    ...pathParameters.map(({ name, schema }) => ({ name, in: 'path', required: true, schema })),
    ...query.map(({ name, schema }) => ({ name, in: 'query', schema }))
  ]
  return {
    operationId: `${method.toLowerCase()}${path.replace(/[^A-Za-z0-9]+/g, '_').replace(/_$/, '')}`,
    summary,
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: { required: true, content: json(body) } }),
    responses: {
      200: { description: 'It went well', content: json(answer) },
      default: { description: 'It failed', content: json({ $ref: '#/components/schemas/Error' }) }
    }
  }
}

const json = (schema: JsonSchema) => ({ 'application/json': { schema } })
