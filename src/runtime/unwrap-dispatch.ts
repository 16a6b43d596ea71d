/** `tools_dispatch` stands for the call inside it: INVALID_INPUT if there is none. */
import type { Catalog, ManifestTool } from '../core/catalog.ts'
import { AppError } from '../core/errors.ts'
import type { CallRequest } from '../core/tool.ts'
import { invalidInput } from './validate.ts'

type NamedCall = Pick<CallRequest, 'tool' | 'category' | 'args'>

/** One call, one slot, one record: `tools_dispatch` stands for the call inside it. */
export function unwrapDispatch<C extends NamedCall>(catalog: Catalog, call: C): C {
  if (call.tool !== 'tools_dispatch' && call.tool !== 'meta.tools_dispatch') return call
  const { entry } = catalog.resolve('tools_dispatch')
  const { category, tool, params } = dispatchArguments(entry, call.args)
  if (tool === 'tools_dispatch')
    throw new AppError('INVALID_INPUT', 'tools_dispatch cannot dispatch itself; name the inner tool')
  const { category: _outer, ...rest } = call
  // The same call with another name, which the spread cannot say of a type parameter.
  return { ...rest, tool, args: params, ...(category !== undefined && { category }) } as C
}

function dispatchArguments(entry: ManifestTool, args: unknown): { category?: string; tool: string; params: unknown } {
  const given = typeof args === 'object' && args !== null ? args : {}
  const category: unknown = Reflect.get(given, 'category')
  const tool: unknown = Reflect.get(given, 'tool')
  const params: unknown = Reflect.get(given, 'params')
  const allowed = Object.keys((entry.inputSchema.properties as object | undefined) ?? {})
  const issues = [
    ...Object.keys(given)
      .filter(key => !allowed.includes(key))
      .map(key => ({
        path: `/${key}`,
        message: `Unknown parameter "${key}"`,
        suggestion: `one of ${allowed.join(', ')}`
      })),
    ...(category !== undefined && typeof category !== 'string'
      ? [{ path: '/category', message: 'Must be a string' }]
      : []),
    ...(typeof tool !== 'string' ? [{ path: '/tool', message: 'Must be the name of a tool' }] : [])
  ]
  if (issues.length > 0 || typeof tool !== 'string') throw invalidInput(issues)
  return { tool, params: params ?? {}, ...(typeof category === 'string' && { category }) }
}
