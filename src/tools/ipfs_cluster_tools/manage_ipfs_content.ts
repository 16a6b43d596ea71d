import { z } from 'zod'
import { parseCid } from '../../core/cid.ts'
import { AppError } from '../../core/errors.ts'
import { cidField } from '../../core/fields.ts'
import { defineTool } from '../../core/tool.ts'
import { backendOf, backendShape, HELLO, pinned } from './fields.ts'

const MAX_CONTENT = 4_000_000
const SHOWN_BYTES = 48 * 1024

export const manageIpfsContent = defineTool({
  name: 'manage_ipfs_content',
  title: 'Store content on an IPFS cluster',
  askedFor: [
    'upload text so that every cluster node keeps it',
    'put content on the cluster',
    'replicated upload',
    'download from the cluster'
  ],
  description:
    'Uploads a text to this node and to the IPFS cluster that is configured (cluster.url), pinned on both; downloads the first 48 KiB of what is here; pins or unpins a CID. Without a cluster only this node takes part, and backend says so. Not for the state of pins on each node: use manage_ipfs_cluster.',
  runtime: 'general',
  effect: 'external',
  capability: { ability: 'ipfs/pin', resource: ({ cid }) => `ipfs-cluster:${cid ?? 'new'}` },
  needs: ['cluster', 'blocks'],
  input: z.strictObject({
    action: z.enum(['download', 'upload', 'pin', 'unpin']),
    cid: cidField().optional().describe('Needed but for upload'),
    content: z.string().max(MAX_CONTENT).optional().describe('Of upload'),
    metadata: z
      .strictObject({ name: z.string().max(200).optional() })
      .optional()
      .describe('Of upload: what the cluster calls the pin'),
    pin: z.boolean().default(true).describe('Of upload: whether this node keeps it; a cluster always does')
  }),
  output: z.object({
    action: z.string(),
    ...backendShape,
    cid: z.string(),
    size_bytes: z.int().nullable(),
    content: z.string().optional(),
    encoding: z.enum(['utf-8', 'base64']).optional(),
    truncated: z.boolean()
  }),
  errors: ['INVALID_INPUT', 'INVALID_CID', 'NOT_FOUND', 'FETCH_FAILED', 'BAD_DATA', 'CID_MISMATCH', 'STORAGE_FULL'],
  limits: { timeoutMs: 600_000, resultBytes: 400_000 },
  examples: [
    {
      title: 'Upload a text, without a cluster',
      input: { action: 'upload', content: 'hello world' },
      output: { backend: 'local', cid: HELLO, size_bytes: 11 }
    },
    {
      title: 'Read it',
      before: [pinned],
      input: { action: 'download', cid: HELLO },
      output: { content: 'hello world', encoding: 'utf-8', truncated: false }
    }
  ],
  async run({ action, content, pin, metadata, ...input }, { services: { cluster, blocks }, signal }) {
    const result = { action, ...backendOf(cluster), truncated: false }
    if (action === 'upload') {
      const bytes = Buffer.from(content ?? need('content', action))
      await using _hold = blocks.hold()
      const { cid } = await blocks.addFile([bytes], { signal })
      // First there, so that a cluster that fails leaves no pin here.
      if (cluster.isConfigured) await cluster.upload(bytes, cid, { signal, name: metadata?.name })
      if (pin) await blocks.pin(cid, { signal })
      return { ...result, cid: cid.toString(), size_bytes: bytes.length }
    }
    const cid = parseCid(input.cid ?? need('cid', action))
    if (action === 'download') {
      const { sizeBytes } = await blocks.stat(cid, [], { signal })
      const parts = await Array.fromAsync(blocks.cat(cid, [], { length: SHOWN_BYTES, signal }))
      const bytes = Buffer.concat(parts)
      const text = bytes.toString()
      const isText = Buffer.from(text).equals(bytes)
      return {
        ...result,
        cid: cid.toString(),
        size_bytes: sizeBytes,
        content: isText ? text : bytes.toString('base64'),
        encoding: isText ? ('utf-8' as const) : ('base64' as const),
        truncated: bytes.length < sizeBytes
      }
    }
    if (cluster.isConfigured) await (action === 'pin' ? cluster.add(cid, { signal }) : cluster.remove(cid, { signal }))
    else await (action === 'pin' ? blocks.pin(cid, { signal }) : blocks.unpin(cid))
    return { ...result, cid: cid.toString(), size_bytes: null }
  }
})

function need(name: string, action: string): never {
  const message = `The action ${action} needs ${name}`
  throw new AppError('INVALID_INPUT', message, { issues: [{ path: `/${name}`, message }] })
}
