import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import { defineTool } from '../../core/tool.ts'
import { EMBEDDINGS, embeddingKey, toTime, toTtlMs, ttlField } from './fields.ts'
import { modelField, textField, vectorField } from './vector-fields.ts'

export const cacheEmbeddings = defineTool({
  name: 'cache_embeddings',
  title: 'Cache the embedding of a text',
  askedFor: [
    'save a vector so that it need not be computed again',
    'remember the embedding of a sentence',
    'store model output for a text'
  ],
  description:
    'Caches a vector that was computed for a text by a model, so that it need not be computed again; get_cached_embeddings answers it. It computes no vector itself. Not for other values: use cache_set.',
  runtime: 'general',
  remote: 'task',
  effect: 'replace',
  capability: { ability: 'cache/write', resource: ({ model }) => `cache:${EMBEDDINGS}/${model}` },
  needs: ['cache'],
  input: z.strictObject({
    text: textField(),
    embeddings: z.union([vectorField(), z.string().min(2).max(1_000_000).describe('The vector as a JSON array')]),
    model: modelField(),
    ttl: ttlField()
  }),
  output: z.object({ model: z.string(), dimensions: z.int(), expires_at: z.string().nullable() }),
  errors: ['INVALID_INPUT', 'TOO_LARGE', 'STORAGE_FULL', 'STORAGE_FAILED'],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'A vector of three numbers',
      input: { text: 'hello', embeddings: [0.1, 0.2, 0.3], model: 'mini' },
      output: { model: 'mini', dimensions: 3, expires_at: null }
    },
    { title: 'As JSON text', input: { text: 'hello', embeddings: '[1, 0]' }, output: { dimensions: 2 } },
    { title: 'No vector', input: { text: 'hello', embeddings: '["a"]' }, error: 'INVALID_INPUT' }
  ],
  async run({ text, embeddings, model, ttl }, { services: { cache } }) {
    const vector = typeof embeddings === 'string' ? parseVector(embeddings) : embeddings
    const options = { namespace: EMBEDDINGS, ttlMs: toTtlMs(ttl) }
    const { expiresAt } = await cache.set(embeddingKey(text, model), vector, options)
    return { model, dimensions: vector.length, expires_at: toTime(expiresAt) }
  }
})

function parseVector(text: string): number[] {
  try {
    const parsed = vectorField().safeParse(JSON.parse(text))
    if (parsed.success) return parsed.data
  } catch {
    // Told below, as for a vector of something else.
  }
  const message = 'Must be a JSON array of numbers'
  throw new AppError('INVALID_INPUT', message, { issues: [{ path: '/embeddings', message, suggestion: '[0.1, 0.2]' }] })
}
