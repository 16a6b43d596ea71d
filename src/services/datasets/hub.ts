/** The Hugging Face hub by its HTTP API: what lies in a repository at a commit, and its files, each checked by the hash that the hub has of it. */
import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { AppError } from '../../core/errors.ts'
import type { HubFile } from '../../domain/hub/choose-files.ts'
import type { FetchedBody, Fetcher } from '../fetcher/api.ts'

export interface HubSettings {
  /** Without a slash at the end. */
  endpoint: string
  /** Sent to the endpoint alone: the fetcher leaves it out where that redirects to another host. */
  token?: string | undefined
}

const MAX_LIST_BYTES = 32 * 1024 ** 2
const MAX_LIST_PAGES = 200
const FILE_TIMEOUT_MS = 3_600_000
/** A download that breaks off goes on where it was, so often for each file. */
const MAX_RESUMES = 5

export function createHub(fetcher: Fetcher, { endpoint, token }: HubSettings, signal: AbortSignal | undefined) {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const get = (
    url: string,
    more: { headers?: Record<string, string>; maxBytes?: number; timeoutMs?: number; isPlain?: boolean }
  ) =>
    fetcher
      .get(url, { ...more, headers: { ...headers, ...more.headers }, ...(signal && { signal }) })
      .catch(error => Promise.reject(explain(error)))

  const list = async (url: string) => {
    await using body = await get(url, { maxBytes: MAX_LIST_BYTES })
    const text = Buffer.concat(await Array.fromAsync(body.bytes)).toString()
    return { value: parse(text), next: nextPage(body, endpoint) }
  }
  const inRepository = (repository: string) =>
    `${endpoint}/api/datasets/${repository.split('/').map(encodeURIComponent).join('/')}`

  return {
    /** The commit that a branch, tag or commit stands for now. NOT_FOUND if there is none. */
    async commitOf(repository: string, revision: string): Promise<string> {
      const { value } = await list(`${inRepository(repository)}/revision/${encodeURIComponent(revision)}`)
      const { sha } = Object(value)
      if (typeof sha === 'string' && /^[0-9a-f]{40}$/.test(sha)) return sha
      throw unexpected('no commit')
    },

    /** Every file of a commit. */
    async files(repository: string, commit: string): Promise<HubFile[]> {
      const files: HubFile[] = []
      let url: string | undefined = `${inRepository(repository)}/tree/${commit}?recursive=true`
      for (let page = 0; url !== undefined; page++) {
        if (page === MAX_LIST_PAGES)
          throw new AppError('TOO_LARGE', `The repository has more than ${MAX_LIST_PAGES} pages of files`)
        const { value, next } = await list(url)
        if (!Array.isArray(value)) throw unexpected('no list of files')
        files.push(...value.flatMap(toFile))
        url = next
      }
      return files
    },

    /** Writes a file, whole and as the hub has it; answers its SHA-256. */
    async download(repository: string, commit: string, file: HubFile, path: string): Promise<string> {
      const place = file.path.split('/').map(encodeURIComponent).join('/')
      const url = `${endpoint}/datasets/${repository}/resolve/${commit}/${place}`
      const sha256 = createHash('sha256')
      const git = createHash('sha1').update(`blob ${file.sizeBytes}\0`)
      await using output = await open(path, 'wx', 0o600)
      let done = 0
      const readOn = async () => {
        const from = done
        const range: Record<string, string> = from > 0 ? { range: `bytes=${from}-` } : {}
        await using body = await get(url, {
          headers: range,
          maxBytes: file.sizeBytes,
          timeoutMs: FILE_TIMEOUT_MS,
          isPlain: true
        })
        if (from > 0 && !isRangeFrom(body, from)) throw unexpected('another part of the file than was asked for')
        for await (const chunk of body.bytes) {
          sha256.update(chunk)
          git.update(chunk)
          await output.writeFile(chunk)
          done += chunk.length
        }
      }
      for (let resumes = 0; done < file.sizeBytes; resumes++) {
        const before = done
        try {
          await readOn()
        } catch (error) {
          const isBroken =
            error instanceof AppError && error.code === 'FETCH_FAILED' && error.details?.status === undefined
          // One that never begins is told at once; one that broke off in the middle goes on.
          if (!isBroken || done === before || resumes === MAX_RESUMES) throw error
        }
        if (done === before) throw unexpected(`${done} of ${file.sizeBytes} bytes of ${file.path}`)
      }
      const found = { sha256: sha256.digest('hex'), gitSha1: git.digest('hex') }
      const isSame = file.sha256 === undefined ? found.gitSha1 === file.gitSha1 : found.sha256 === file.sha256
      if (isSame) return found.sha256
      throw new AppError(
        'BAD_DATA',
        `${file.path} does not match the hash that the hub has of it: it was changed or damaged on the way`
      )
    }
  }
}

function toFile(entry: unknown): HubFile[] {
  const { type, path, size, oid, lfs } = Object(entry)
  if (type !== 'file' || typeof path !== 'string' || !Number.isSafeInteger(size) || size < 0) return []
  const { oid: sha256 } = Object(lfs)
  const hash = (value: unknown, length: number) =>
    typeof value === 'string' && value.length === length && /^[0-9a-f]+$/.test(value) ? value : undefined
  return [{ path, sizeBytes: size, sha256: hash(sha256, 64), gitSha1: hash(oid, 40) }]
}

/** The next page by the Link header, which must stay with the hub: the token goes there. */
function nextPage({ headers, url }: FetchedBody, endpoint: string): string | undefined {
  const link = headers.find(([name]) => name === 'link')?.[1] ?? ''
  const next = /<([^>]+)>\s*;\s*rel="next"/.exec(link)?.[1]
  if (next === undefined) return undefined
  const target = URL.parse(next, url)
  if (target?.origin === new URL(endpoint).origin) return target.href
  throw unexpected('a next page on another host')
}

function isRangeFrom({ status, headers }: FetchedBody, from: number): boolean {
  const range = headers.find(([name]) => name === 'content-range')?.[1] ?? ''
  return status === 206 && range.startsWith(`bytes ${from}-`)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw unexpected('no JSON')
  }
}

const unexpected = (what: string) => new AppError('FETCH_FAILED', `The hub answered with ${what}`)

/** What the hub means by a status. It says 401 of what is not there as well, so that nobody learns what is. */
function explain(error: unknown): unknown {
  if (!(error instanceof AppError) || error.code !== 'FETCH_FAILED') return error
  const { status } = error.details ?? {}
  const details = { details: { status }, cause: error }
  if (status === 404) return new AppError('NOT_FOUND', 'The hub has no such dataset, revision or file', details)
  if (status === 401 || status === 403) {
    const cure = 'accept its terms on its page and give a token by HF_TOKEN or hub.token_file'
    return new AppError('FETCH_FAILED', `The dataset is private, gated or not there: check its name, ${cure}`, details)
  }
  return error
}
