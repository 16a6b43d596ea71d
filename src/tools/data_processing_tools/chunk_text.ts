import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import { defineTool } from '../../core/tool.ts'
import { CHUNK_STRATEGIES, chunkText } from '../../domain/text/chunk.ts'
import { sectionsOf } from '../../domain/text/headings.ts'

/** UTF-16 units of text in one result. Escaped in JSON it stays within the result's bytes, unless it is full of control characters. */
const PAGE_LENGTH = 60_000
const MAX_SIZE = 10_000

export const chunkTextTool = defineTool({
  name: 'chunk_text',
  title: 'Cut a text into chunks',
  askedFor: [
    'split a long document into passages',
    'pieces with overlap for embeddings',
    'cut by sentences, paragraphs or tokens',
    'prepare text for retrieval'
  ],
  description:
    'Cuts a text into overlapping chunks: of a fixed size, of whole sentences or paragraphs as far as they fit, of a number of words or (about) tokens, or of the sections under Markdown headings; each with its place in the text. Long results come in pages: go on at next_chunk. Not for files or rows of a dataset: use load_dataset.',
  runtime: 'worker',
  remote: 'task',
  effect: 'read',
  capability: { ability: 'text/read', resource: () => 'text' },
  needs: [],
  input: z.strictObject({
    text: z.string().max(4_000_000),
    strategy: z.enum(CHUNK_STRATEGIES).default('fixed_size').describe('Longer sentences and paragraphs are cut'),
    chunk_size: z
      .int()
      .min(20)
      .max(MAX_SIZE)
      .default(1000)
      .describe('At most so many words for the strategy word, tokens for token, else UTF-16 units'),
    overlap: z
      .int()
      .min(0)
      .max(MAX_SIZE / 2)
      .default(100)
      .describe('How much of a chunk the next one repeats, in the same unit; at most half of chunk_size'),
    max_chunks: z.int().min(1).max(1000).default(100),
    first_chunk: z.int().min(0).max(4_000_000).default(0).describe('next_chunk of the page before')
  }),
  output: z.object({
    chunks: z.array(
      z.object({
        index: z.int(),
        text: z.string(),
        start: z.int(),
        end: z.int(),
        headings: z.array(z.string()).optional().describe('With heading: those it stands under, outermost first')
      })
    ),
    returned: z.int(),
    total: z.int(),
    truncated: z.boolean(),
    next_chunk: z.int().optional()
  }),
  errors: ['INVALID_INPUT', 'TOO_LARGE'],
  limits: { timeoutMs: 60_000, isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'Whole sentences',
      input: { text: 'It rains. We stay in. Tomorrow we go.', strategy: 'sentence', chunk_size: 22, overlap: 0 },
      output: {
        chunks: [
          { index: 0, text: 'It rains. We stay in.', start: 0, end: 21 },
          { index: 1, text: 'Tomorrow we go.', start: 22, end: 37 }
        ],
        total: 2,
        truncated: false
      }
    },
    {
      title: 'A fixed size with overlap',
      input: { text: 'abcdefghijklmnopqrstuvwxyz', chunk_size: 20, overlap: 5 },
      output: {
        chunks: [
          { index: 0, text: 'abcdefghijklmnopqrst', start: 0, end: 20 },
          { index: 1, text: 'pqrstuvwxyz', start: 15, end: 26 }
        ]
      }
    },
    {
      title: 'The sections of a Markdown text',
      input: { text: '# Travel\nBy train.\n## Night\nSleep well.', strategy: 'heading', chunk_size: 100, overlap: 0 },
      output: {
        chunks: [
          { index: 0, text: '# Travel\nBy train.', headings: ['Travel'] },
          { index: 1, text: '## Night\nSleep well.', headings: ['Travel', 'Night'] }
        ]
      }
    }
  ],
  run({ text, strategy, chunk_size, overlap, max_chunks, first_chunk }) {
    if (overlap > chunk_size / 2) {
      const message = `Must be at most half of chunk_size, which is ${chunk_size}`
      throw new AppError('INVALID_INPUT', `/overlap: ${message}`, { issues: [{ path: '/overlap', message }] })
    }
    const spans = chunkText(text, { strategy, size: chunk_size, overlap })
    const sections = strategy === 'heading' ? sectionsOf(text) : undefined
    const headingsAt = (at: number) => sections?.findLast(({ start }) => start <= at)?.headings
    let length = 0
    const page = spans
      .slice(first_chunk, first_chunk + max_chunks)
      .map(({ start, end }, index) => {
        const headings = headingsAt(start)
        const chunk = { index: first_chunk + index, text: text.slice(start, end), start, end }
        return headings ? { ...chunk, headings } : chunk
      })
      .filter((chunk, index) => {
        length += chunk.text.length + ('headings' in chunk ? chunk.headings.join().length : 0)
        return index === 0 || length <= PAGE_LENGTH
      })
    const next = first_chunk + page.length
    return {
      chunks: page,
      returned: page.length,
      total: spans.length,
      truncated: page.length < spans.length,
      ...(next < spans.length && { next_chunk: next })
    }
  }
})
