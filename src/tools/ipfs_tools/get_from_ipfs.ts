import { z } from 'zod'
import { type CID, parseCidPath } from '../../core/cid.ts'
import { AppError } from '../../core/errors.ts'
import { cidPathField, pathField, urlField } from '../../core/fields.ts'
import { type CallContext, defineTool } from '../../core/tool.ts'
import { MAX_INLINE_BYTES, present, RESULT_BYTES } from './inline-content.ts'

export const getFromIpfs = defineTool({
  name: 'get_from_ipfs',
  title: 'Fetch content by CID',
  askedFor: [
    'download by hash',
    'retrieve a published file to my disk',
    'fetch from a gateway with verification',
    'save what is behind a CID'
  ],
  description:
    'Fetches a file or record by CID, optionally with a path below it: from the local blocks, else from `gateway` as a CAR whose every block is verified. Give output_path to write a file; without it at most 48 KiB come back in the result. Not for a whole directory: use ipfs_ls and name a file.',
  runtime: 'general',
  remote: 'task',
  asTask: 'offered',
  effect: 'create',
  capability: { ability: 'ipfs/read', resource: ({ cid }) => `ipfs:${cid}` },
  needs: ['blocks', 'files', 'fetcher'],
  input: z.strictObject({
    cid: cidPathField().describe('A CID, or cid/path'),
    output_path: pathField().optional().describe('A new file to write'),
    timeout_seconds: z.number().min(0.1).max(600).default(60).describe('For the gateway'),
    gateway: urlField().optional().describe('Base URL of a trustless gateway, such as https://trustless-gateway.link')
  }),
  output: z.object({
    cid: z.string().describe('Of the content that the path leads to'),
    source: z.enum(['local', 'gateway']),
    size_bytes: z.int(),
    output_path: z.string().optional(),
    content: z.string().optional(),
    encoding: z.enum(['utf-8', 'base64']).optional(),
    returned: z.int().optional().describe('Bytes in `content`, decoded'),
    total: z.int().optional().describe('Bytes of the whole content'),
    truncated: z.boolean().optional()
  }),
  errors: [
    'INVALID_CID',
    'INVALID_INPUT',
    'NOT_FOUND',
    'CID_MISMATCH',
    'BAD_DATA',
    'TOO_LARGE',
    'URL_FORBIDDEN',
    'FETCH_FAILED',
    'DEADLINE_EXCEEDED',
    'PATH_FORBIDDEN',
    'ALREADY_EXISTS',
    'UNSUPPORTED',
    'STORAGE_FULL'
  ],
  limits: { timeoutMs: 660_000, resultBytes: RESULT_BYTES },
  examples: [
    {
      title: 'Read a text back',
      before: [{ tool: 'pin_to_ipfs', args: { content_source: 'hello world' } }],
      input: { cid: 'bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e' },
      output: { content: 'hello world', encoding: 'utf-8', size_bytes: 11, source: 'local' }
    },
    {
      title: 'Write it to a file',
      before: [{ tool: 'pin_to_ipfs', args: { content_source: 'hello world' } }],
      input: { cid: 'ipfs://bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e', output_path: 'hello.txt' },
      output: { size_bytes: 11, source: 'local' }
    }
  ],
  async run({ cid: text, output_path, timeout_seconds, gateway }, ctx) {
    const { blocks, files } = ctx.services
    const { signal } = ctx
    const { cid, path } = parseCidPath(text)
    // What a gateway gave is pinned by nobody; it must stay until it has been read.
    await using _hold = blocks.hold()
    const source = await obtain(cid, gateway, timeout_seconds, ctx)
    const stat = await blocks.stat(cid, path, { signal })
    if (stat.type === 'directory') {
      throw new AppError('INVALID_INPUT', `${text} is a directory; list it with ipfs_ls and name a file in it`)
    }
    const head = { cid: stat.cid.toString(), source }
    const isRecord = stat.type === 'dag'
    const record = isRecord ? Buffer.from(JSON.stringify(await blocks.dagGet(cid, path, { signal }))) : undefined
    const open = (length?: number) =>
      record ? [record.subarray(0, length)] : blocks.cat(cid, path, { signal, ...(length !== undefined && { length }) })
    if (output_path === undefined) {
      const total = record?.length ?? stat.sizeBytes
      const bytes = Buffer.concat(await Array.fromAsync(open(MAX_INLINE_BYTES)))
      const part = present(bytes, bytes.length < total)
      return { ...head, size_bytes: total, ...part, total, truncated: part.returned < total }
    }
    await using output = await files.create(output_path, { signal })
    await output.writeAll(open())
    const written = await output.commit()
    return { ...head, output_path: written.path, size_bytes: written.sizeBytes }
  }
})

/** Makes sure that the DAG is here, and says where it came from. */
async function obtain(
  cid: CID,
  gateway: string | undefined,
  timeoutSeconds: number,
  { services: { blocks, fetcher }, signal }: CallContext<'blocks' | 'files' | 'fetcher'>
): Promise<'local' | 'gateway'> {
  const isHere = await blocks.has(cid)
  if (isHere && (gateway === undefined || (await blocks.stat(cid, [], { signal })).isComplete)) return 'local'
  if (gateway === undefined) {
    throw new AppError('NOT_FOUND', `${cid} is not here; name a gateway, or import a CAR with ipfs_import_car`)
  }
  const url = URL.parse(`${gateway.replace(/\/+$/, '')}/ipfs/${cid}`)
  if (!url) throw new AppError('INVALID_INPUT', 'gateway is not a URL; one looks like https://trustless-gateway.link')
  url.searchParams.set('format', 'car')
  const headers = { accept: 'application/vnd.ipld.car' }
  await using body = await fetcher.get(url.href, { signal, headers, timeoutMs: timeoutSeconds * 1000 })
  const { roots } = await blocks.importCar(body.bytes, { signal })
  if (roots.some(root => root.equals(cid))) return 'gateway'
  throw new AppError('FETCH_FAILED', `${url.host} answered with another root than ${cid}; try another gateway`)
}
