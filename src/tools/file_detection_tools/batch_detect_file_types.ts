import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import { pathField } from '../../core/fields.ts'
import { defineTool } from '../../core/tool.ts'
import type { Files } from '../../services/files/api.ts'
import { type ChosenFile, filesIn } from './chosen-files.ts'
import { type Detection, detect, detectionSchema, methodsField, patternField, strategyField } from './detection.ts'

/** More would make a call of many minutes; a directory in parts is as good. */
const MAX_FILES = 10_000
const SHOWN = 200

export const batchDetectFileTypes = defineTool({
  name: 'batch_detect_file_types',
  title: 'Find out what many files are',
  askedFor: [
    'types of everything in a folder',
    'what kinds of files are in a pile of unnamed ones',
    'recognize many files at once',
    'scan a directory for formats'
  ],
  description:
    'Answers the types (formats, MIME types) of all files of a directory, or of a list of files, by their bytes, with counts by type. At most 10,000. Not for a single file: use detect_file_type.',
  runtime: 'general',
  remote: 'task',
  asTask: 'offered',
  effect: 'create',
  capability: { ability: 'file/read', resource: ({ directory }) => `file:${directory ?? '*'}` },
  needs: ['files', 'decoders'],
  input: z
    .strictObject({
      directory: pathField().optional(),
      file_paths: z.array(pathField()).min(1).max(1000).optional(),
      recursive: z.boolean().default(false).describe('Directories below it too'),
      pattern: patternField(),
      methods: methodsField(),
      strategy: strategyField(),
      export_path: pathField().optional().describe('A new file for all of them')
    })
    .refine(
      ({ directory, file_paths }) => (directory === undefined) !== (file_paths === undefined),
      'Give either directory or file_paths'
    ),
  output: z.object({
    files: z.array(detectionSchema),
    failed: z
      .array(z.object({ file_path: z.string(), error: z.string(), message: z.string() }))
      .describe('Of file_paths'),
    types: z.record(z.string(), z.int()).describe('How many files of each type'),
    returned: z.int(),
    total: z.int(),
    truncated: z.boolean(),
    export_path: z.string().optional()
  }),
  errors: ['NOT_FOUND', 'PATH_FORBIDDEN', 'INVALID_INPUT', 'TOO_LARGE', 'ALREADY_EXISTS', 'BUSY', 'STORAGE_FULL'],
  limits: { timeoutMs: 600_000, resultBytes: 400_000 },
  examples: [
    {
      title: 'Every CSV in the working directory',
      input: { directory: '.', pattern: '*.csv' },
      output: { types: { 'text/csv': 1 }, total: 1, truncated: false, failed: [] }
    },
    {
      title: 'A list of files, one of which is not there',
      input: { file_paths: ['people.csv', 'none.csv'] },
      output: { total: 1, failed: [{ file_path: 'none.csv', error: 'NOT_FOUND' }] }
    }
  ],
  async run(
    { directory, file_paths = [], recursive, pattern, export_path, ...options },
    { services, signal, progress }
  ) {
    const { files } = services
    const found: Detection[] = []
    const failed: { file_path: string; error: string; message: string }[] = []
    const chosen =
      directory === undefined
        ? listed(files, file_paths, signal)
        : filesIn(files, { directory, recursive, pattern }, signal)
    for await (const { path, open } of chosen) {
      if (found.length === MAX_FILES)
        throw new AppError('TOO_LARGE', `There are more than ${MAX_FILES} files; narrow the pattern or directory`)
      try {
        await using file = await open()
        found.push(await detect(file, path, options, { services, signal }))
      } catch (error) {
        if (!(error instanceof AppError) || directory !== undefined || signal.aborted) throw error
        failed.push({ file_path: path, error: error.code, message: error.message })
      }
      progress(found.length, undefined, 'files')
    }
    const types: Record<string, number> = {}
    for (const { mime_type } of found) types[mime_type] = (types[mime_type] ?? 0) + 1
    const shown = found.slice(0, SHOWN)
    const counts = { returned: shown.length, total: found.length, truncated: shown.length < found.length }
    const written = export_path === undefined ? undefined : await write(files, export_path, found, signal)
    return { files: shown, failed, types, ...counts, ...(written !== undefined && { export_path: written }) }
  }
})

async function* listed(files: Files, paths: readonly string[], signal: AbortSignal): AsyncGenerator<ChosenFile> {
  for (const path of paths) yield { path, open: () => files.openRead(path, { signal }) }
}

async function write(files: Files, path: string, found: readonly Detection[], signal: AbortSignal): Promise<string> {
  await using output = await files.create(path, { signal })
  await output.write(Buffer.from(found.map(one => `${JSON.stringify(one)}\n`).join('')))
  return (await output.commit()).path
}
