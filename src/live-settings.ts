/** The settings of a running node: what the configuration says, and what tools have changed since. */

import { effectOf } from './config/effect.ts'
import { isKey, KEYS, type Key, settingOf, type ValueOf } from './config/settings.ts'
import type { Config } from './config.ts'
import { LOG_LEVELS, type Log } from './core/log.ts'
import type { SettingsTable } from './services/settings/api.ts'

export interface LiveSettings {
  get<K extends Key>(key: K): ValueOf<K>
  table: SettingsTable
}

export function createLiveSettings(config: Config, log: Log): LiveSettings {
  const changed = new Map<string, unknown>()
  const current = (key: string): unknown => {
    if (changed.has(key)) return changed.get(key)
    const [group = '', name] = key.split('.')
    const part: unknown = Reflect.get(config, group)
    return name === undefined ? part : Reflect.get(Object(part), name)
  }
  const asKey = (key: string): Key => {
    if (isKey(key)) return key
    throw new Error(`There is no setting ${key}`)
  }

  return {
    // The schema of the key was passed by each value.
    get: key => current(key) as never,
    table: {
      keys: KEYS,
      current,
      describe(name) {
        const key = asKey(name)
        const { fallback, takes } = settingOf(key)
        const source = config.sources.get(key) ?? 'default'
        const isOutweighing = /^(--|[A-Z][A-Z0-9_]*$)/.test(source)
        const from = changed.has(key) ? 'saved' : source
        return {
          fallback,
          takes,
          effect: effectOf(key),
          source: from,
          outweighedBy: isOutweighing ? source : undefined
        }
      },
      parse(name, value) {
        const { schema, read } = settingOf(asKey(name))
        const result = schema.safeParse(typeof value === 'string' ? read(value) : value)
        return result.success ? { value: result.data } : undefined
      },
      put(key, value) {
        changed.set(key, value)
        const level = LOG_LEVELS.find(one => one === value)
        if (key === 'server.log_level' && level) log.setLevel?.(level)
      }
    }
  }
}
