/** Where nodes in Python put the shared token: in the message, in its parameters, or in the message of the task queue inside these. */
import { isObject } from '../json-rpc.ts'

export function shownToken(message: Record<string, unknown>): string | undefined {
  const { params } = message
  const args = isObject(params) ? params.arguments : undefined
  const inner = isObject(args) ? Object.values(args) : []
  for (const place of [message, params, args, inner.length === 1 ? inner[0] : undefined]) {
    if (isObject(place) && typeof place.token === 'string') return place.token
  }
  return undefined
}
