import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import { pathField } from '../../core/fields.ts'
import { defineTool } from '../../core/tool.ts'
import { filesIn } from './chosen-files.ts'
import { type Detection, detect, detectionSchema, patternField } from './detection.ts'

const MAX_FILES = 10_000
const SHOWN = 100

export const analyzeDetectionAccuracy = defineTool({
  name: 'analyze_detection_accuracy',
  title: 'Find files whose names lie about them',
  askedFor: [
    'which files have the wrong extension',
    'files disguised as something else',
    'compare endings with contents'
  ],
  description:
    'Finds files with a wrong or misleading extension: compares what the names of the files in a directory say with what their bytes are, how often the two agree, and which files do not. Not for the types themselves: use batch_detect_file_types.',
  runtime: 'general',
  remote: 'task',
  asTask: 'offered',
  effect: 'read',
  capability: { ability: 'file/read', resource: ({ directory }) => `file:${directory}` },
  needs: ['files', 'decoders'],
  input: z.strictObject({
    directory: pathField(),
    recursive: z.boolean().default(false).describe('Directories below it too'),
    pattern: patternField()
  }),
  output: z.object({
    total: z.int(),
    agree: z.int(),
    disagree: z.int(),
    undecided: z.int().describe('The name or the bytes say nothing'),
    agreement: z.number().nullable().describe('agree / (agree + disagree); null where both are 0'),
    mismatches: z.array(detectionSchema),
    returned: z.int(),
    truncated: z.boolean()
  }),
  errors: ['NOT_FOUND', 'PATH_FORBIDDEN', 'INVALID_INPUT', 'TOO_LARGE', 'BUSY'],
  limits: { timeoutMs: 600_000, isIdempotent: true, isRetrySafe: true, resultBytes: 200_000 },
  examples: [
    {
      title: 'All is as named',
      input: { directory: '.' },
      output: { total: 1, agree: 1, disagree: 0, agreement: 1, mismatches: [] }
    },
    {
      title: 'A table under the name of a picture',
      before: [
        { tool: 'save_dataset', args: { dataset_data: { data: [{ a: 1 }] }, format: 'json', destination: 'cat.png' } }
      ],
      input: { directory: '.', pattern: '*.png' },
      output: { disagree: 1, agreement: 0, mismatches: [{ file_path: './cat.png', mime_type: 'application/json' }] }
    }
  ],
  async run({ directory, recursive, pattern }, { services, signal, progress }) {
    const mismatches: Detection[] = []
    const counts = { total: 0, agree: 0, disagree: 0, undecided: 0 }
    for await (const { path, open } of filesIn(services.files, { directory, recursive, pattern }, signal)) {
      if (counts.total === MAX_FILES)
        throw new AppError('TOO_LARGE', `There are more than ${MAX_FILES} files; narrow the pattern or directory`)
      await using file = await open()
      const found = await detect(
        file,
        path,
        { methods: ['magic', 'extension'], strategy: 'accurate' },
        { services, signal }
      )
      counts.total++
      if (found.matches_name === null) counts.undecided++
      else if (found.matches_name) counts.agree++
      else counts.disagree++
      if (found.matches_name === false && mismatches.length < SHOWN) mismatches.push(found)
      progress(counts.total, undefined, 'files')
    }
    const judged = counts.agree + counts.disagree
    return {
      ...counts,
      agreement: judged === 0 ? null : counts.agree / judged,
      mismatches,
      returned: mismatches.length,
      truncated: mismatches.length < counts.disagree
    }
  }
})
