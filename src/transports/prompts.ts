/** Prompts: each is a tool of one category whose value is `{ description?, messages }` and whose parameters are texts. */
import type { ManifestCategory } from '../core/catalog.ts'
import type { Call } from './call.ts'
import { outcomeFault } from './outcome-fault.ts'
import { type CheckParams, loadParamsCheck } from './params-check.ts'
import type { AnswerMethod } from './tool-call.ts'

export interface PromptListing {
  name: string
  title: string
  description: string
  arguments: { name: string; description?: string; required: boolean }[]
}

export interface PromptsPart {
  /** The same array as long as nothing changed. */
  listing: () => readonly PromptListing[]
  /** The category whose tools are the prompts. */
  category: string
}

export function listPrompts(category: ManifestCategory): PromptListing[] {
  return category.tools.map(({ name, title, description, inputSchema }) => {
    const required = Array.isArray(inputSchema.required) ? inputSchema.required : []
    // The manifest holds JSON Schema, where this is what an object's properties are.
    const properties = Object.entries((inputSchema.properties ?? {}) as Record<string, { description?: string }>)
    return {
      name,
      title,
      description,
      arguments: properties.map(([argument, schema]) => ({
        name: argument,
        ...(schema.description !== undefined && { description: schema.description }),
        required: required.includes(argument)
      }))
    }
  })
}

export function createPromptGet(call: Call, { category }: PromptsPart): AnswerMethod {
  let check: CheckParams | undefined
  return async (params, exchange) => {
    check ??= await loadParamsCheck('prompts/get')
    const fault = check(params)
    if (fault) return { fault }
    const target = { method: 'prompts/get', tool: String(params?.name), category, args: params?.arguments ?? {} }
    const called = await call(target, params, exchange)
    if (!('outcome' in called)) return called
    if (called.outcome.failure) return outcomeFault(called.outcome, { name: target.tool })
    const { description, messages } = called.outcome.envelope
    return { members: JSON.stringify({ description, messages }).slice(1, -1) }
  }
}
