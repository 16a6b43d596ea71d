/** Changes the settings file of a client whole or not at all, and remembers how it was, so that it can be undone. */
import { randomUUID } from 'node:crypto'
import { mkdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError, hasCode } from '../../core/errors.ts'
import { type McpClient, SERVER_NAME } from './clients.ts'
import { type ServerEntry, withEntry } from './entry.ts'
import { parseSettings } from './parse-settings.ts'

export interface Change {
  path: string
  /** Undefined where there is no file. */
  before: string | undefined
  after: string | undefined
}

/** What is kept of a change: enough to restore the file, or only the entry where the file has changed since. */
interface Kept extends Change {
  entryBefore?: unknown
}

export async function planSetup(client: McpClient, path: string, entry: ServerEntry): Promise<Change> {
  const before = await readIfThere(path)
  const isWanted = client.id === 'claude-code' || client.id === 'vscode'
  const after = await withEntry(before ?? '', client, path, isWanted ? { type: 'stdio', ...entry } : entry)
  return { path, before, after }
}

/** The change that undoes the last one. NOT_FOUND when there is none. */
export async function planUndo(client: McpClient, keptIn: string): Promise<Change> {
  const text = await readIfThere(recordOf(client, keptIn))
  if (text === undefined)
    throw new AppError('NOT_FOUND', `Nothing was set up for ${client.title}; there is nothing to undo`)
  const kept: Kept = JSON.parse(text)
  const now = await readIfThere(kept.path)
  if (now === undefined) return { path: kept.path, before: undefined, after: undefined }
  if (now === kept.after) return { path: kept.path, before: now, after: kept.before }
  return { path: kept.path, before: now, after: await withEntry(now, client, kept.path, kept.entryBefore) }
}

/** Remembers the change and makes it. CANCELLED when somebody else changed the file meanwhile. */
export async function applySetup(client: McpClient, change: Change, keptIn: string): Promise<void> {
  const settings = await parseSettings(change.before ?? '', client.format, change.path)
  const entryBefore = Object(settings[client.serversKey])[SERVER_NAME]
  await mkdir(keptIn, { recursive: true, mode: 0o700 })
  const earlier = await readIfThere(recordOf(client, keptIn))
  const isAgain = earlier !== undefined && JSON.parse(earlier).after === change.before
  // Set up twice, undone once: back to what there was before this program came.
  const kept: Kept = isAgain ? { ...JSON.parse(earlier), after: change.after } : { ...change, entryBefore }
  await replace(recordOf(client, keptIn), JSON.stringify(kept))
  await write(change)
}

export async function applyUndo(client: McpClient, change: Change, keptIn: string): Promise<void> {
  await write(change)
  await rm(recordOf(client, keptIn), { force: true })
}

const recordOf = (client: McpClient, keptIn: string) => join(keptIn, `${client.id}.json`)

async function write({ path, before, after }: Change): Promise<void> {
  if ((await readIfThere(path)) !== before) {
    throw new AppError('CANCELLED', `${path} was changed by somebody else just now; try again`)
  }
  if (after === before) return
  if (after === undefined) return await rm(path)
  await mkdir(dirname(path), { recursive: true })
  // A link to the settings stays one.
  const target = await realpath(path).catch(() => path)
  await replace(target, after)
}

async function replace(path: string, text: string): Promise<void> {
  const mode = (await stat(path).catch(() => undefined))?.mode ?? 0o600
  const next = `${path}.${randomUUID()}`
  try {
    await writeFile(next, text, { mode: mode & 0o777, flush: true })
    await rename(next, path)
  } finally {
    await rm(next, { force: true })
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  }
}
