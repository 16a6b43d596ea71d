import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import { type CallContext, defineTool } from '../../core/tool.ts'
import type { Added, AddOptions, FileEntry } from '../../services/blocks/api.ts'
import { entriesBelow } from './directory-entries.ts'

const MAX_TEXT = 1_000_000
const MAX_PATH = 1024

export const pinToIpfs = defineTool({
  name: 'pin_to_ipfs',
  title: 'Store and pin content',
  askedFor: [
    'add a file or folder and keep it for good',
    'upload a document to IPFS permanently',
    'store content and protect it from collection',
    'get a hash for my directory'
  ],
  description:
    'Stores a file, a directory, a text or a JSON record as content-addressed blocks and pins it, so that ipfs_gc keeps it. A string that names an existing file or directory is read as such; other strings are stored as text, unless they look like a path. Not for what may go again: use ipfs_add.',
  runtime: 'general',
  remote: 'task',
  asTask: 'offered',
  effect: 'create',
  capability: { ability: 'ipfs/pin', resource: () => 'ipfs:new' },
  needs: ['blocks', 'files'],
  input: z.strictObject({
    content_source: z
      .union([z.string().max(MAX_TEXT).meta({ format: 'x-path' }), z.record(z.string().max(1024), z.unknown())])
      .describe('A path, a text, or a record; records may hold links as {"/": "<cid>"}'),
    recursive: z.boolean().default(true).describe('Must be true for a directory'),
    wrap_with_directory: z.boolean().default(false).describe('Keep the name, in a directory around it'),
    hash_algo: z.enum(['sha2-256', 'sha2-512']).default('sha2-256')
  }),
  output: z.object({
    cid: z.string(),
    size_bytes: z.int(),
    files: z.int(),
    source: z.enum(['file', 'directory', 'text', 'record']),
    pinned: z.literal(true)
  }),
  errors: ['INVALID_INPUT', 'NOT_FOUND', 'PATH_FORBIDDEN', 'TOO_LARGE', 'STORAGE_FULL'],
  limits: { timeoutMs: 3_600_000, isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'Pin a text',
      input: { content_source: 'hello world' },
      output: { cid: 'bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e', size_bytes: 11, source: 'text' }
    },
    {
      title: 'Pin a record',
      input: { content_source: { hello: 'world' } },
      output: { cid: 'bafyreidykglsfhoixmivffc5uwhcgshx4j465xwqntbmu43nb2dzqwfvae', source: 'record' }
    }
  ],
  async run({ content_source, recursive, wrap_with_directory: wrap, hash_algo: hashAlgo }, ctx) {
    const { blocks } = ctx.services
    if (typeof content_source !== 'string') {
      if (wrap || hashAlgo !== 'sha2-256') {
        throw new AppError('INVALID_INPUT', 'A record is stored as DAG-CBOR with sha2-256 and cannot be wrapped')
      }
      const cid = await blocks.dagPut(content_source, { pin: 'recursive', signal: ctx.signal })
      const size_bytes = (await blocks.get(cid)).byteLength
      return { cid: cid.toString(), size_bytes, files: 0, source: 'record' as const, pinned: true as const }
    }
    const kind = await kindOfSource(content_source, ctx)
    if (kind === 'directory' && !recursive) {
      throw new AppError('INVALID_INPUT', `"${content_source}" is a directory; pin it with recursive: true`)
    }
    const options: AddOptions = {
      pin: 'recursive',
      hashAlgo,
      signal: ctx.signal,
      onProgress: done => ctx.progress(done, undefined, 'bytes stored')
    }
    const added = await addSource(content_source, kind, wrap, options, ctx)
    const { cid, sizeBytes: size_bytes, files } = added
    return { cid: cid.toString(), size_bytes, files, source: kind, pinned: true as const }
  }
})

type Context = CallContext<'blocks' | 'files'>

async function addSource(
  source: string,
  kind: 'file' | 'directory' | 'text',
  wrap: boolean,
  options: AddOptions,
  ctx: Context
): Promise<Added> {
  const { blocks, files } = ctx.services
  if (kind === 'directory')
    return blocks.addDirectory(entriesBelow(files, source, wrap ? `${nameOf(source)}/` : '', ctx.signal), options)
  const add = (content: FileEntry['content'], path: string) =>
    wrap ? blocks.addDirectory([{ path, content }], options) : blocks.addFile(content, options)
  if (kind === 'text') return add([Buffer.from(source)], 'content.txt')
  await using file = await files.openRead(source, { signal: ctx.signal })
  return await add(file.read({ signal: ctx.signal }), nameOf(source))
}

/** The last name of a path, for the directory around it. */
const nameOf = (path: string): string =>
  path.split('/').findLast(name => name !== '' && name !== '.' && name !== '..') ?? 'content'

/** What stands at a path wins; what looks like a path but names nothing is a mistake, not a text worth storing. */
async function kindOfSource(source: string, { services, signal }: Context): Promise<'file' | 'directory' | 'text'> {
  const canBePath = source !== '' && source.length <= MAX_PATH && !/\p{Cc}/u.test(source)
  const kind = canBePath ? await services.files.kindOf(source, { signal }) : undefined
  if (kind) return kind
  const looksLikePath = canBePath && (/^(\.{0,2}\/)/.test(source) || /^\S+\.[A-Za-z][A-Za-z0-9]{0,9}$/.test(source))
  if (!looksLikePath) return 'text'
  throw new AppError(
    'NOT_FOUND',
    `There is no file or directory "${source}". To store this as a text, use ipfs_add with content`
  )
}
