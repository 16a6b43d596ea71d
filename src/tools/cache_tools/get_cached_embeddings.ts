import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { MAX_VALUE_BYTES } from '../../services/cache/api.ts'
import { EMBEDDINGS, embeddingKey, readHit } from './fields.ts'
import { modelField, textField, vectorField } from './vector-fields.ts'

const before = [{ tool: 'cache_embeddings', args: { text: 'hello', embeddings: [0.1, 0.2, 0.3], model: 'mini' } }]

export const getCachedEmbeddings = defineTool({
  name: 'get_cached_embeddings',
  title: 'Read the cached embedding of a text',
  askedFor: ['was this text embedded before', 'reuse a stored vector', 'look up an embedding of a model'],
  description:
    'Answers the vector that cache_embeddings kept for exactly this text and model, or hit false. It computes none. Not for other values: use cache_get.',
  runtime: 'general',
  remote: 'task',
  effect: 'read',
  capability: { ability: 'cache/read', resource: ({ model }) => `cache:${EMBEDDINGS}/${model}` },
  needs: ['cache'],
  input: z.strictObject({ text: textField(), model: modelField() }),
  output: z.object({
    model: z.string(),
    hit: z.boolean(),
    embeddings: z.array(z.number()).nullable(),
    dimensions: z.int().nullable(),
    expires_at: z.string().nullable()
  }),
  errors: ['STORAGE_FAILED'],
  limits: { isIdempotent: true, isRetrySafe: true, resultBytes: MAX_VALUE_BYTES + 10_000 },
  examples: [
    {
      title: 'A vector that was kept',
      before,
      input: { text: 'hello', model: 'mini' },
      output: { hit: true, embeddings: [0.1, 0.2, 0.3], dimensions: 3 }
    },
    {
      title: 'Of another model there is none',
      before,
      input: { text: 'hello', model: 'large' },
      output: { hit: false, embeddings: null, dimensions: null }
    }
  ],
  async run({ text, model }, { services: { cache } }) {
    const { value, expires_at } = await readHit(cache, embeddingKey(text, model), EMBEDDINGS)
    // The namespace can be written by cache_set as well, and what is no vector is none.
    const vector = vectorField().safeParse(value).data
    return {
      model,
      hit: vector !== undefined,
      embeddings: vector ?? null,
      dimensions: vector?.length ?? null,
      expires_at: vector ? expires_at : null
    }
  }
})
