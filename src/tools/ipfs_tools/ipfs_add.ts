import { z } from 'zod'
import { pathField } from '../../core/fields.ts'
import { defineTool } from '../../core/tool.ts'
import type { Added } from '../../services/blocks/api.ts'
import { entriesBelow } from './directory-entries.ts'
import { importFields, toImportOptions } from './import-fields.ts'

export const ipfsAdd = defineTool({
  name: 'ipfs_add',
  title: 'Store content without a pin',
  askedFor: ['hash some text', 'put bytes in the block store for now', 'get the CID of a file without keeping it'],
  description:
    'Stores a file or directory (`path`) or a text (`content`) as content-addressed blocks and answers its CID. It is not pinned, so ipfs_gc may remove it. Not for what must stay: use pin_to_ipfs. With the same options the CID is that of Kubo.',
  runtime: 'general',
  remote: 'task',
  effect: 'create',
  capability: { ability: 'ipfs/write', resource: () => 'ipfs:new' },
  needs: ['blocks', 'files'],
  input: z
    .strictObject({
      path: pathField().optional().describe('A file or directory'),
      content: z.string().max(1_000_000).optional().describe('A text'),
      ...importFields
    })
    .refine(({ path, content }) => (path === undefined) !== (content === undefined), 'Give either path or content'),
  output: z.object({ cid: z.string(), size_bytes: z.int(), files: z.int() }),
  errors: ['INVALID_INPUT', 'NOT_FOUND', 'PATH_FORBIDDEN', 'STORAGE_FULL'],
  limits: { timeoutMs: 3_600_000, isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'Store a text',
      input: { content: 'hello world' },
      output: { cid: 'bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e', size_bytes: 11, files: 1 }
    },
    {
      title: 'Store nothing at all',
      input: { content: '' },
      output: { cid: 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku', size_bytes: 0 }
    },
    {
      title: 'Get the CID that a bare ipfs add gives',
      input: { content: 'hello world', cid_version: 0 },
      output: { cid: 'Qmf412jQZiuVUtdgnB36FXFX7xg5V6KEbSJ4dpQuhkLyfD', size_bytes: 11 }
    }
  ],
  async run({ path, content, ...how }, { services: { blocks, files }, signal, progress }) {
    const options = {
      ...toImportOptions(how),
      signal,
      onProgress: (done: number) => progress(done, undefined, 'bytes stored')
    }
    const wire = ({ cid, sizeBytes: size_bytes, files: count }: Added) => ({
      cid: cid.toString(),
      size_bytes,
      files: count
    })
    if (path === undefined) return wire(await blocks.addFile([Buffer.from(content ?? '')], options))
    if ((await files.kindOf(path, { signal })) === 'directory') {
      return wire(await blocks.addDirectory(entriesBelow(files, path, '', signal), options))
    }
    await using file = await files.openRead(path, { signal })
    return wire(await blocks.addFile(file.read({ signal }), options))
  }
})
