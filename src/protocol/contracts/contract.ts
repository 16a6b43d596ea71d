/**
 * A tool's public contract: what a caller may rely on, as one value with a CID. How a tool is built and which services it
 * needs are no part of it, and of where it runs only that peer-to-peer tools answer `ok`.
 */
import { z } from 'zod'
import { canonicalize } from '../../core/canonical.ts'
import { type CID, cidOfValue } from '../../core/cid.ts'
import type { Effect, Tool } from '../../core/tool.ts'

export type JsonSchema = Record<string, unknown>

/** Names how the bytes under a contract's CID were made, so that a later way can never be taken for this one. */
export const CANONICALIZATION = 'mcpp-jcs-v1'

export interface Contract {
  canonicalization: typeof CANONICALIZATION
  name: string
  description: string
  inputSchema: JsonSchema
  outputSchema: JsonSchema
  effect: Effect
  ability: string
  /** Sorted: their order means nothing, so it must not reach the CID. */
  errors: string[]
}

export type ContractSource = Pick<
  Tool,
  'name' | 'description' | 'runtime' | 'input' | 'output' | 'effect' | 'capability' | 'errors'
>

export function contractOf(tool: ContractSource): Contract {
  return {
    canonicalization: CANONICALIZATION,
    name: tool.name,
    description: tool.description,
    inputSchema: schemaOf(tool.input, 'input'),
    outputSchema: withEnvelope(schemaOf(tool.output, 'output'), tool.runtime === 'p2p'),
    effect: tool.effect,
    ability: tool.capability.ability,
    errors: [...new Set(tool.errors)].sort()
  }
}

/** The exact text that the CID speaks of. */
export function contractText(contract: Contract): string {
  return canonicalize(contract)
}

export function contractCid(contract: Contract): CID {
  return cidOfValue(contract)
}

/** JSON Schema 2020-12, which MCP takes for granted, so the dialect is not named again in each. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    ...(io === 'output' && { override: promisesOnly })
  })
  return JSON.parse(JSON.stringify(rest))
}

/**
 * A result's schema says what callers may count on. That integers are safe ones holds for every result, and a later version may
 * add members, so neither is said each time.
 */
function promisesOnly({ jsonSchema }: { jsonSchema: JsonSchema }): void {
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
  if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties
}

/** The members that the dispatcher adds to every result; `ok` to those of peer-to-peer tools. */
function withEnvelope(schema: JsonSchema, hasOk: boolean): JsonSchema {
  const own = Object(schema.properties)
  return {
    ...schema,
    properties: {
      ...(hasOk && { ok: { type: 'boolean' } }),
      success: { type: 'boolean' },
      status: { type: 'string' },
      request_id: { type: 'string' },
      ...own
    },
    required: [
      ...new Set([
        ...(hasOk ? ['ok'] : []),
        'success',
        'request_id',
        ...(Array.isArray(schema.required) ? schema.required : [])
      ])
    ]
  }
}
