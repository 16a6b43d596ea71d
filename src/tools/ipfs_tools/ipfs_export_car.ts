import { z } from 'zod'
import { type CID, parseCid } from '../../core/cid.ts'
import { cidField, pathField } from '../../core/fields.ts'
import { defineTool } from '../../core/tool.ts'
import { packFile } from '../../domain/car/pack-file.ts'
import type { OutputFile } from '../../services/files/api.ts'

export const ipfsExportCar = defineTool({
  name: 'ipfs_export_car',
  title: 'Export a CAR',
  askedFor: [
    'pack a DAG into one file',
    'make an archive for a machine without network',
    'back up content to a USB stick',
    'bundle everything below a root'
  ],
  description:
    'Writes everything below a CID, all of whose blocks must be here, to a new CARv1 file, which ipfs_import_car and other IPFS software read. With `path` it packs a file as it lies there, fast and without storing it here. Not for the bare content of a file: use get_from_ipfs.',
  runtime: 'general',
  remote: 'task',
  asTask: 'offered',
  effect: 'create',
  capability: {
    ability: 'ipfs/read',
    resource: ({ cid, path }) => (path === undefined ? `ipfs:${cid}` : `file:${path}`)
  },
  needs: ['blocks', 'files'],
  input: z
    .strictObject({
      cid: cidField().optional(),
      path: pathField().optional().describe('A file to pack, instead of a CID'),
      output_path: pathField().describe('A new file'),
      chunk_bytes: z
        .int()
        .min(65_536)
        .max(1_048_576)
        .optional()
        .describe('With path: 262144 by default, which gives the CID that ipfs_add gives'),
      max_links: z.int().min(2).max(1024).optional().describe('With path: children of a node, 174 by default')
    })
    .refine(({ cid, path }) => (cid === undefined) !== (path === undefined), 'Give either cid or path')
    .refine(
      ({ path, chunk_bytes, max_links }) => path !== undefined || (chunk_bytes ?? max_links) === undefined,
      'chunk_bytes and max_links go with path: the blocks below a CID are as they are'
    ),
  output: z.object({ cid: z.string(), output_path: z.string(), size_bytes: z.int() }),
  errors: [
    'INVALID_CID',
    'NOT_FOUND',
    'CID_MISMATCH',
    'BAD_DATA',
    'UNSUPPORTED',
    'PATH_FORBIDDEN',
    'ALREADY_EXISTS',
    'STORAGE_FULL'
  ],
  limits: { timeoutMs: 3_600_000 },
  examples: [
    {
      title: 'Export a text',
      before: [{ tool: 'pin_to_ipfs', args: { content_source: 'hello world' } }],
      input: { cid: 'bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e', output_path: 'hello.car' },
      output: { size_bytes: 107 }
    },
    {
      title: 'Export a record',
      before: [{ tool: 'ipfs_dag_put', args: { value: { hello: 'world' } } }],
      input: { cid: 'bafyreidykglsfhoixmivffc5uwhcgshx4j465xwqntbmu43nb2dzqwfvae', output_path: 'record.car' },
      output: { cid: 'bafyreidykglsfhoixmivffc5uwhcgshx4j465xwqntbmu43nb2dzqwfvae' }
    },
    {
      title: 'Pack a file',
      input: { path: 'people.csv', output_path: 'people.car' },
      output: { cid: 'bafkreigyi2hogut6pnwrfr6sdvky7p2g4sbhdrcujwb7njua4scyuv27lu' }
    }
  ],
  async run({ cid: text = '', path, output_path, chunk_bytes, max_links }, { services, signal, progress }) {
    const { blocks, files } = services
    const finish = async (output: OutputFile, cid: CID) => {
      signal.throwIfAborted()
      const { path: place, sizeBytes } = await output.commit()
      return { cid: cid.toString(), output_path: place, size_bytes: sizeBytes }
    }
    if (path === undefined) {
      const cid = parseCid(text)
      await using output = await files.create(output_path, { signal })
      await output.writeAll(blocks.exportCar(cid, { signal }))
      return await finish(output, cid)
    }
    await using file = await files.openRead(path, { signal })
    await using output = await files.create(output_path, { signal })
    const onProgress = (done: number) => progress(done, file.sizeBytes, 'bytes packed')
    const cut = { chunkBytes: chunk_bytes, maxLinks: max_links }
    return await finish(output, await packFile(file, output, { ...cut, signal, onProgress }))
  }
})
