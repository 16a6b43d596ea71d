/** Settings over a table of them and one file. */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AppError, hasCode, type Issue } from '../../core/errors.ts'
import { nearest } from '../../core/nearest.ts'
import { createLifecycle } from '../../core/startable.ts'
import type { Endpoint, SettingState, Settings, SettingsTable } from './api.ts'

type Values = Readonly<Record<string, unknown>>

interface Saved {
  values: Values
  /** The values before the last change that asked for it. */
  backup?: Values
  endpoints: readonly Endpoint[]
}

const MAX_ENDPOINTS = 200

export function createSettings({ path, table }: { path: string; table: SettingsTable }): Settings {
  let saved: Saved = { values: {}, endpoints: [] }
  let turn: Promise<unknown> = Promise.resolve()

  const lifecycle = createLifecycle(
    async () => {
      saved = await read(path)
    },
    async () => {
      await turn
    }
  )

  const stateOf = (key: string): SettingState => {
    const value = table.current(key)
    const own = Object.hasOwn(saved.values, key) ? saved.values[key] : undefined
    const isPending = own !== undefined && JSON.stringify(own) !== JSON.stringify(value)
    return { key, value, ...table.describe(key), saved: isPending ? own : undefined }
  }

  function known(key: string): string {
    if (table.keys.includes(key)) return key
    const near = nearest(key, table.keys)
    const message = `There is no setting "${key.slice(0, 80)}"${near === undefined ? '' : `; did you mean "${near}"?`}`
    throw new AppError('INVALID_INPUT', message, { issues: [{ path: `/${key.slice(0, 80)}`, message }] })
  }

  /** The values as their settings take them; a default for null. */
  function parse(changes: Values): Map<string, unknown> {
    const issues: Issue[] = []
    const parsed = new Map<string, unknown>()
    for (const [key, given] of Object.entries(changes)) {
      const { effect, takes, fallback } = table.describe(known(key))
      if (effect === 'fixed')
        throw new AppError('FORBIDDEN', `${key} says who may reach what; only whoever starts the server changes it`)
      const fit = given === null ? { value: fallback } : table.parse(key, given)
      if (fit) parsed.set(key, fit.value)
      else issues.push({ path: `/${key}`, message: `takes ${takes}`, suggestion: String(fallback) })
    }
    if (issues.length === 0) return parsed
    const text = issues.map(({ path, message }) => `${path.slice(1)} ${message}`).join('; ')
    throw new AppError('INVALID_INPUT', `Nothing was changed: ${text}`, { issues })
  }

  /** One change after the other; what is not on the disk does not hold. */
  function change(next: () => Saved, after: () => void = () => {}): Promise<void> {
    const done = turn.then(async () => {
      const wanted = next()
      await write(path, wanted)
      saved = wanted
      after()
    })
    turn = done.catch(() => {})
    return done
  }

  function takeEffect(values: ReadonlyMap<string, unknown>): void {
    for (const [key, value] of values) if (table.describe(key).effect === 'now') table.put(key, value)
  }

  return {
    ...lifecycle,
    list: () => table.keys.map(stateOf),
    get: key => stateOf(known(key)),
    check: changes => [...parse(changes)].map(([key, value]) => ({ ...stateOf(key), saved: value })),
    async apply(changes, { backup = false } = {}) {
      const parsed = parse(changes)
      await change(
        () => {
          const values: Record<string, unknown> = { ...saved.values }
          for (const [key, value] of parsed) {
            if (changes[key] === null) delete values[key]
            else values[key] = value
          }
          return { ...saved, values, ...(backup && { backup: saved.values }) }
        },
        () => takeEffect(parsed)
      )
      return [...parsed.keys()].map(stateOf)
    },
    async restore() {
      const { backup, values } = saved
      if (!backup)
        throw new AppError('NOT_FOUND', 'There is no backup; update_configuration makes one with each change')
      const keys = [...new Set([...Object.keys(values), ...Object.keys(backup)])].filter(key =>
        table.keys.includes(key)
      )
      const back = new Map(
        keys.map(key => [key, Object.hasOwn(backup, key) ? backup[key] : table.describe(key).fallback])
      )
      await change(
        () => ({ ...saved, values: backup, backup: values }),
        () => takeEffect(back)
      )
      return keys.map(stateOf)
    },
    hasBackup: () => saved.backup !== undefined,
    endpoints: () => saved.endpoints,
    async addEndpoint(endpoint) {
      const others = () => saved.endpoints.filter(one => one.model !== endpoint.model || one.type !== endpoint.type)
      if (others().length >= MAX_ENDPOINTS)
        throw new AppError('TOO_LARGE', `There are ${MAX_ENDPOINTS} endpoints; remove one first`)
      await change(() => ({
        ...saved,
        endpoints: [...others(), endpoint].sort((a, b) => (a.model < b.model ? -1 : 1))
      }))
    },
    async removeEndpoint(model, address) {
      const isMeant = (one: Endpoint) => one.model === model && (address === undefined || one.endpoint === address)
      const count = saved.endpoints.filter(isMeant).length
      if (count > 0) await change(() => ({ ...saved, endpoints: saved.endpoints.filter(one => !isMeant(one)) }))
      return count
    }
  }
}

async function read(path: string): Promise<Saved> {
  try {
    const { values = {}, backup, endpoints = [] } = Object(JSON.parse(await readFile(path, 'utf8')))
    return { values, endpoints, ...(backup && { backup }) }
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return { values: {}, endpoints: [] }
    throw new AppError('BAD_DATA', `The saved settings ${path} cannot be read; mend or remove the file`, {
      cause: error
    })
  }
}

async function write(path: string, saved: Saved): Promise<void> {
  const beside = `${path}.partial`
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await writeFile(beside, `${JSON.stringify(saved, null, 2)}\n`, { mode: 0o600, flush: true })
    await rename(beside, path)
  } catch (error) {
    await rm(beside, { force: true })
    if (hasCode(error, 'ENOSPC')) throw error
    throw new AppError('STORAGE_FAILED', 'The settings could not be saved; nothing was changed', { cause: error })
  }
}
