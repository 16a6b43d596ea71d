/** Settings that tools saved in the data directory. They outweigh the file of settings, and are outweighed by the environment and flags. */
import { join } from 'node:path'
import { effectOf } from './effect.ts'
import type { Layer } from './layers.ts'
import { isKey } from './settings.ts'

export const savedPath = (dataDirectory: string): string => join(dataDirectory, 'settings.json')

/** The values in a file of saved settings; undefined if it is none. */
export function parseSaved(text: string): Record<string, unknown> | undefined {
  try {
    const { values } = Object(JSON.parse(text))
    // An object that is no array has string keys; what they hold stays unknown.
    return typeof values === 'object' && values !== null ? (values as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

export function readSaved(text: string, path: string): Layer {
  const values = parseSaved(text)
  if (!values) return { entries: [], issues: [{ path, message: 'does not hold saved settings; remove it' }] }
  const layer: Layer = { entries: [], issues: [] }
  for (const [key, value] of Object.entries(values)) {
    const source = `${path}:${key}`
    if (isKey(key) && effectOf(key) !== 'fixed') layer.entries.push({ key, value, source, base: '/' })
    else layer.issues.push({ path: source, message: 'is no setting that a tool may change; remove it' })
  }
  return layer
}
