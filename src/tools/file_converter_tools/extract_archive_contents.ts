import { z } from 'zod'
import { pathField } from '../../core/fields.ts'
import { defineTool } from '../../core/tool.ts'
import type { DirectoryEntry } from '../../services/blocks/api.ts'

const SHOWN = 300

export const extractArchiveContents = defineTool({
  name: 'extract_archive_contents',
  aliases: [{ name: 'extract_archive_tool' }],
  title: 'Unpack a ZIP or tar',
  askedFor: ['unzip a file', 'what is inside a tar or gz', 'decompress an archive safely', 'list or unpack members'],
  description:
    'Unpacks ZIP, tar, gzip and zstd, also nested, and answers what is inside with a CID for all of it: read a file with ipfs://<cid>/<path>. Checksums are checked; bombs, encryption and paths that lead out are refused whole. Not for a CAR: use ipfs_import_car.',
  runtime: 'general',
  remote: 'task',
  asTask: 'offered',
  effect: 'create',
  capability: { ability: 'file/read', resource: ({ archive_path }) => `file:${archive_path}` },
  needs: ['files', 'decoders', 'blocks'],
  input: z.strictObject({
    archive_path: pathField(),
    max_depth: z
      .int()
      .min(1)
      .max(8)
      .default(3)
      .describe('How deep archives in archives are opened; what lies deeper stays a file'),
    recursive: z.boolean().default(true).describe('Whether archives in it are opened at all')
  }),
  output: z.object({
    cid: z.string().describe('Of the directory with everything'),
    entries: z.array(z.object({ path: z.string(), size_bytes: z.int(), sha256: z.string() })),
    returned: z.int(),
    total: z.int(),
    truncated: z.boolean(),
    total_bytes: z.int(),
    left_out: z.array(z.string()).describe('Links and devices, which are not unpacked')
  }),
  errors: [
    'NOT_FOUND',
    'PATH_FORBIDDEN',
    'INVALID_INPUT',
    'UNSUPPORTED',
    'BAD_DATA',
    'TOO_LARGE',
    'BUSY',
    'STORAGE_FULL'
  ],
  limits: { timeoutMs: 900_000, isIdempotent: true, isRetrySafe: true, resultBytes: 400_000 },
  examples: [
    {
      title: 'A file that is no archive',
      input: { archive_path: 'people.csv' },
      error: 'UNSUPPORTED'
    },
    {
      title: 'An archive that is not there',
      input: { archive_path: 'none.zip', recursive: false },
      error: 'NOT_FOUND'
    }
  ],
  async run({ archive_path, max_depth, recursive }, { services: { files, decoders, blocks }, signal, progress }) {
    await using file = await files.openRead(archive_path, { signal })
    const entries: { path: string; size_bytes: number; sha256: string }[] = []
    const leftOut: string[] = []
    const unpacked = async function* (): AsyncGenerator<DirectoryEntry> {
      const items = decoders.decode('archive', file, { depth: recursive ? max_depth : 1 }, signal)
      for await (const { path, kind, sizeBytes, sha256, content } of items) {
        if (kind !== 'file') {
          leftOut.push(path.slice(0, 300))
          continue
        }
        entries.push({ path, size_bytes: sizeBytes, sha256 })
        progress(entries.length, undefined, 'files')
        yield { path, content: [content] }
      }
    }
    const { cid, sizeBytes } = await blocks.addDirectory(unpacked(), { signal, pin: 'recursive' })
    const shown = entries.slice(0, SHOWN).map(entry => ({ ...entry, path: entry.path.slice(0, 500) }))
    const counts = { returned: shown.length, total: entries.length, truncated: shown.length < entries.length }
    return { cid: cid.toString(), entries: shown, ...counts, total_bytes: sizeBytes, left_out: leftOut.slice(0, 100) }
  }
})
