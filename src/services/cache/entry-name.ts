/** The name that an entry is stored under: made of its namespace and key, so that a namespace can be told from the name. */
import { hash } from 'node:crypto'
import { DEFAULT_NAMESPACE, type KeyOptions } from './api.ts'

const NAMESPACE_LENGTH = 32

/** What the names of a namespace begin with; nothing for the default one. */
export function prefixOf(namespace: string): string {
  return namespace === DEFAULT_NAMESPACE ? '' : `${hash('sha256', namespace).slice(0, NAMESPACE_LENGTH)}.`
}

export function nameOf(key: string, { namespace = DEFAULT_NAMESPACE }: KeyOptions = {}): string {
  return prefixOf(namespace) + hash('sha256', key)
}

/** The prefix that this name has. */
export const prefixIn = (name: string): string => name.slice(0, name.indexOf('.') + 1)
