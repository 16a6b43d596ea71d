import { z } from 'zod'
import { parseCid } from '../../core/cid.ts'
import { cidField, pathField } from '../../core/fields.ts'
import { defineTool } from '../../core/tool.ts'

export const ipfsExportCar = defineTool({
  name: 'ipfs_export_car',
  title: 'Export a CAR',
  description:
    'Writes everything below a CID to a new CARv1 file, which ipfs_import_car and other IPFS software read. All of its blocks must be here. Not for the bare content of a file: use get_from_ipfs.',
  runtime: 'general',
  remote: 'task',
  asTask: 'offered',
  effect: 'create',
  capability: { ability: 'ipfs/read', resource: ({ cid }) => `ipfs:${cid}` },
  needs: ['blocks', 'files'],
  input: z.strictObject({ cid: cidField(), output_path: pathField().describe('A new file') }),
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
    }
  ],
  async run({ cid: text, output_path }, { services: { blocks, files }, signal }) {
    const cid = parseCid(text)
    await using output = await files.create(output_path, { signal })
    for await (const chunk of blocks.exportCar(cid, { signal })) await output.write(chunk)
    const { path, sizeBytes } = await output.commit()
    return { cid: cid.toString(), output_path: path, size_bytes: sizeBytes }
  }
})
