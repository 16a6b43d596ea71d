import { z } from 'zod'
import { pathField } from '../../core/fields.ts'
import { defineTool } from '../../core/tool.ts'

/** A longer list of roots would flood the result; `total` says how many there are. */
const MAX_ROOTS = 100

export const ipfsImportCar = defineTool({
  name: 'ipfs_import_car',
  title: 'Import a CAR',
  askedFor: [
    'read an archive of blocks',
    'restore a backup of content',
    'take over what somebody exported',
    'unpack a bundle that came from another node'
  ],
  description:
    'Imports a CARv1 file. Every block is verified, and a file that is cut, damaged or incomplete imports nothing. With pin (default) every root is pinned, so that ipfs_gc keeps it. Not for other files and directories: use ipfs_add.',
  runtime: 'general',
  remote: 'task',
  asTask: 'offered',
  effect: 'create',
  capability: { ability: 'ipfs/write', resource: ({ path }) => `file:${path}` },
  needs: ['blocks', 'files'],
  input: z.strictObject({ path: pathField(), pin: z.boolean().default(true) }),
  output: z.object({
    cid: z.string().optional().describe('The first root'),
    roots: z.array(z.string()),
    returned: z.int(),
    total: z.int(),
    truncated: z.boolean(),
    blocks: z.int(),
    size_bytes: z.int(),
    pinned: z.boolean()
  }),
  errors: ['NOT_FOUND', 'PATH_FORBIDDEN', 'BAD_DATA', 'CID_MISMATCH', 'TOO_LARGE', 'UNSUPPORTED', 'STORAGE_FULL'],
  limits: { timeoutMs: 3_600_000, isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'Import what was exported',
      before: [
        { tool: 'pin_to_ipfs', args: { content_source: 'hello world' } },
        {
          tool: 'ipfs_export_car',
          args: { cid: 'bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e', output_path: 'hello.car' }
        }
      ],
      input: { path: 'hello.car' },
      output: { cid: 'bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e', blocks: 1, pinned: true }
    },
    {
      title: 'Import without a pin',
      before: [
        { tool: 'ipfs_dag_put', args: { value: { hello: 'world' } } },
        {
          tool: 'ipfs_export_car',
          args: { cid: 'bafyreidykglsfhoixmivffc5uwhcgshx4j465xwqntbmu43nb2dzqwfvae', output_path: 'record.car' }
        }
      ],
      input: { path: 'record.car', pin: false },
      output: { roots: ['bafyreidykglsfhoixmivffc5uwhcgshx4j465xwqntbmu43nb2dzqwfvae'], pinned: false }
    }
  ],
  async run({ path, pin }, { services: { blocks, files }, signal }) {
    await using file = await files.openRead(path, { signal })
    const imported = await blocks.importCar(file.read({ signal }), {
      signal,
      ...(pin && { pin: 'recursive' as const })
    })
    const roots = imported.roots.slice(0, MAX_ROOTS).map(String)
    return {
      ...(roots[0] !== undefined && { cid: roots[0] }),
      roots,
      returned: roots.length,
      total: imported.roots.length,
      truncated: roots.length < imported.roots.length,
      blocks: imported.blocks,
      size_bytes: imported.sizeBytes,
      pinned: pin && roots.length > 0
    }
  }
})
