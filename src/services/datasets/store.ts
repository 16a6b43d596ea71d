/** Where versions live: data files by CID, one small file a dataset that lists its versions, and room for work in progress. */
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type CID, parseCid } from '../../core/cid.ts'
import { AppError, hasCode } from '../../core/errors.ts'
import { nearest } from '../../core/nearest.ts'
import type { Random } from '../../core/random.ts'
import type { Blocks } from '../blocks/api.ts'
import type { DatasetNews } from './api.ts'
import { asVersionRecord, type StoredVersion, toStored, type VersionRecord } from './version-record.ts'

const ID = /^[A-Za-z][A-Za-z0-9_-]{0,127}$/

export interface Scratch extends AsyncDisposable {
  id: string
  path: string
  file(name: string): string
}

export interface Store {
  open(): Promise<void>
  scratch(): Promise<Scratch>
  ids(): Promise<string[]>
  /** Whether the text is the id of a dataset that exists. */
  has(id: string): Promise<boolean>
  versionsOf(id: string): Promise<CID[]>
  /** NOT_FOUND names the nearest id. */
  find(id: string, version?: number): Promise<StoredVersion>
  /** The version whose record has this CID. */
  read(cid: CID): Promise<StoredVersion>
  /** Takes over a finished data file and registers it as the next version of an id. */
  append(id: string, dataPath: string, dataCid: CID, make: NewVersion): Promise<StoredVersion>
}

export type NewVersion = Omit<VersionRecord, 'kind' | 'dataset_id' | 'version' | 'previous'>

export function createStore(
  directory: string,
  blocks: Blocks,
  random: Random,
  announce: (news: DatasetNews) => void = () => {}
): Store {
  const at = { data: join(directory, 'data'), refs: join(directory, 'refs'), scratch: join(directory, 'scratch') }
  const pendingPath = join(directory, 'pending.json')
  const dataPath = (cid: string) => join(at.data, `${cid}.parquet`)
  const refPath = (id: string) => join(at.refs, `${id}.json`)
  // One writer at a time: registering takes milliseconds, and two must not both become version n.
  let turn: Promise<unknown> = Promise.resolve()

  const store: Store = {
    async open() {
      await rm(at.scratch, { recursive: true, force: true })
      for (const path of Object.values(at)) await mkdir(path, { recursive: true, mode: 0o700 })
      for (const name of await readdir(at.refs))
        if (!name.endsWith('.json')) await rm(join(at.refs, name), { force: true })
      await settlePending()
    },

    async scratch() {
      const id = random.uuid()
      const path = join(at.scratch, id)
      await mkdir(path, { mode: 0o700 })
      return {
        id,
        path,
        file: name => join(path, name),
        [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true })
      }
    },

    async ids() {
      const names = await readdir(at.refs)
      return names.flatMap(name => (name.endsWith('.json') ? [name.slice(0, -'.json'.length)] : [])).sort()
    },

    async has(id) {
      return ID.test(id) && (await store.ids()).includes(id)
    },

    async versionsOf(id) {
      if (!(await store.has(id))) throw await unknownDataset(id)
      return parseRef(await readFile(refPath(id), 'utf8'), id)
    },

    async find(id, version) {
      const cids = await store.versionsOf(id)
      const cid = cids.at(version === undefined ? -1 : version - 1)
      if (!cid) {
        throw new AppError('NOT_FOUND', `The dataset "${id}" has no version ${version}; it has 1 to ${cids.length}`)
      }
      return store.read(cid)
    },

    async read(cid) {
      return toStored(cid, asVersionRecord(await blocks.dagGet(cid), cid), dataPath)
    },

    append(id, path, dataCid, make) {
      const appended = turn.then(async () => {
        const previous = await existingVersions(id)
        const record: VersionRecord = {
          kind: 'dataset-version',
          dataset_id: id,
          version: previous.length + 1,
          previous: linkTo(previous.at(-1)),
          ...make
        }
        await using _hold = blocks.hold()
        const cid = await blocks.dagPut(record)
        const isNewData = !(await exists(dataPath(dataCid.toString())))
        const pending: Pending = {
          dataset_id: id,
          record: cid.toString(),
          data: dataCid.toString(),
          is_new_data: isNewData
        }
        try {
          await writeFile(pendingPath, JSON.stringify(pending))
          await adopt(path, dataPath(dataCid.toString()))
          await blocks.pin(cid, { type: 'direct' })
          const ref = { dataset_id: id, versions: [...previous, cid].map(String) }
          await writeSynced(refPath(id), `${JSON.stringify(ref, null, 2)}\n`)
        } finally {
          await settlePending()
        }
        announce({ datasetId: id, version: record.version })
        return toStored(cid, record, dataPath)
      })
      turn = appended.catch(() => {})
      return appended
    }
  }

  /** Ends what a failure or a killed process left of an append: a version that did not reach its list leaves no data and no pin. */
  async function settlePending(): Promise<void> {
    const text = await readFile(pendingPath, 'utf8').catch(() => undefined)
    const pending = text === undefined ? undefined : parsePending(text)
    if (pending) {
      const listed = (await store.has(pending.dataset_id)) ? await store.versionsOf(pending.dataset_id) : []
      const record = parseCid(pending.record)
      if (!listed.some(cid => cid.equals(record))) {
        await blocks.unpin(record).catch(ignoreNotFound)
        if (pending.is_new_data) await rm(dataPath(pending.data), { force: true })
      }
    }
    await rm(pendingPath, { force: true })
  }

  async function existingVersions(id: string): Promise<CID[]> {
    if (!ID.test(id)) {
      throw new AppError(
        'INVALID_INPUT',
        `"${id.slice(0, 80)}" is not a dataset id; use letters, digits, _ and -, starting with a letter`
      )
    }
    if (id.toLowerCase() === 'dataset') {
      throw new AppError('INVALID_INPUT', 'The id "dataset" is the name of the table in SQL; choose another')
    }
    const ids = await store.ids()
    if (ids.includes(id)) return store.versionsOf(id)
    const twin = ids.find(other => other.toLowerCase() === id.toLowerCase())
    if (twin)
      throw new AppError(
        'ALREADY_EXISTS',
        `The dataset "${twin}" differs from "${id}" only in case; SQL could not tell them apart`
      )
    return []
  }

  async function unknownDataset(id: string): Promise<AppError> {
    const close = nearest(id, await store.ids())
    return new AppError(
      'NOT_FOUND',
      `There is no dataset "${id.slice(0, 80)}"${close === undefined ? '; load_dataset makes one' : `; did you mean "${close}"?`}`
    )
  }

  async function writeSynced(path: string, text: string): Promise<void> {
    const partial = `${path}.${random.uuid()}.partial`
    try {
      await using file = await open(partial, 'wx', 0o600)
      await file.writeFile(text)
      await file.sync()
    } catch (error) {
      await rm(partial, { force: true })
      throw error
    }
    await rename(partial, path)
    await syncDirectory(at.refs)
  }

  async function adopt(from: string, to: string): Promise<void> {
    {
      await using file = await open(from, 'r')
      await file.sync()
    }
    await rename(from, to)
    await syncDirectory(at.data)
  }

  return store
}

/** An append under way; there is one at a time. */
interface Pending {
  dataset_id: string
  record: string
  data: string
  /** Whether no earlier version has the same bytes. */
  is_new_data: boolean
}

/** Undefined for a file that was cut by a crash: then nothing that it speaks of was done yet. */
function parsePending(text: string): Pending | undefined {
  try {
    const { dataset_id, record, data, is_new_data } = JSON.parse(text)
    return {
      dataset_id: String(dataset_id),
      record: String(record),
      data: String(data),
      is_new_data: is_new_data === true
    }
  } catch {
    return undefined
  }
}

function ignoreNotFound(error: unknown): void {
  if (!(error instanceof AppError) || error.code !== 'NOT_FOUND') throw error
}

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false
  )

function linkTo(cid: CID | undefined) {
  return cid ? { '/': cid.toString() } : null
}

function parseRef(text: string, id: string): CID[] {
  try {
    const ref: unknown = JSON.parse(text)
    if (typeof ref === 'object' && ref !== null && 'versions' in ref && Array.isArray(ref.versions)) {
      return ref.versions.map(version => parseCid(String(version)))
    }
  } catch (cause) {
    throw new AppError('BAD_DATA', `The list of versions of "${id}" is damaged`, { cause })
  }
  throw new AppError('BAD_DATA', `The list of versions of "${id}" is damaged`)
}

/** Makes a rename durable. Some systems do not let a directory be opened; there the rename is durable by itself. */
async function syncDirectory(path: string): Promise<void> {
  try {
    await using directory = await open(path, 'r')
    await directory.sync()
  } catch (error) {
    if (!hasCode(error, 'EISDIR') && !hasCode(error, 'EPERM') && !hasCode(error, 'EINVAL')) throw error
  }
}
