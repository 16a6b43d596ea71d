import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import { defineTool } from '../../core/tool.ts'
import { type Cache, DEFAULT_NAMESPACE, MAX_VALUE_BYTES } from '../../services/cache/api.ts'
import { example, keyField, namespaceField, readHit, toTtlMs, ttlField } from './fields.ts'

const ACTIONS = ['stats', 'list', 'get', 'set', 'delete', 'clear', 'optimize'] as const

export const manageCache = defineTool({
  name: 'manage_cache',
  title: 'Work on the cache by one tool',
  askedFor: ['one tool for all cache operations and actions', 'get, set, clear or report by an action name'],
  description:
    'For clients that know one tool for the cache: stats, list (namespaces), get, set, delete, clear (a namespace; wants confirm_clear) or optimize (remove what has expired). Not for new clients: use cache_get, cache_set and their neighbours.',
  runtime: 'general',
  effect: 'delete',
  capability: { ability: 'cache/write', resource: ({ namespace }) => `cache:${namespace}` },
  needs: ['cache'],
  input: z.strictObject({
    action: z.enum(ACTIONS).optional(),
    operation: z.enum(ACTIONS).optional().describe('Another name of action'),
    key: keyField().optional().describe('Of get, set and delete'),
    value: z.unknown().optional().describe('Of set'),
    ttl: ttlField(),
    namespace: namespaceField().default(DEFAULT_NAMESPACE),
    confirm_clear: z.boolean().default(false).describe('Must be true for clear')
  }),
  output: z.object({
    action: z.string(),
    entries: z.int().describe('In the whole cache, afterwards'),
    size_bytes: z.int(),
    removed: z.int(),
    hit: z.boolean().optional(),
    value: z.unknown().optional(),
    namespaces: z.array(z.object({ namespace: z.string(), entries: z.int(), size_bytes: z.int() })).optional()
  }),
  errors: ['INVALID_INPUT', 'TOO_LARGE', 'STORAGE_FULL', 'STORAGE_FAILED'],
  limits: { resultBytes: MAX_VALUE_BYTES + 100_000 },
  examples: [
    { title: 'Figures', before: [example], input: { action: 'stats' }, output: { entries: 1, removed: 0 } },
    {
      title: 'Empty a namespace',
      before: [example],
      input: { operation: 'clear', namespace: 'site', confirm_clear: true },
      output: { removed: 1, entries: 0 }
    },
    { title: 'Without saying so twice', input: { action: 'clear' }, error: 'INVALID_INPUT' }
  ],
  async run({ action, operation, confirm_clear, ...input }, { services: { cache }, signal }) {
    const chosen = action ?? operation ?? refuse('action', `Name an action: ${ACTIONS.join(', ')}`)
    if (chosen === 'clear' && !confirm_clear) refuse('confirm_clear', 'Clearing cannot be undone; confirm it with true')
    const done = await work(cache, chosen, input, signal)
    const { entries, bytes } = cache.size()
    return { action: chosen, entries, size_bytes: bytes, removed: 0, ...done }
  }
})

interface Input {
  key?: string | undefined
  value?: unknown
  ttl: number | null
  namespace: string
}

async function work(
  cache: Cache,
  action: (typeof ACTIONS)[number],
  { key, value, ttl, namespace }: Input,
  signal: AbortSignal
) {
  const need = () => key ?? refuse('key', `The action ${action} needs a key`)
  switch (action) {
    case 'stats':
      return {}
    case 'list': {
      const all = (await cache.namespaces()).slice(0, 500)
      return { namespaces: all.map(({ bytes, ...one }) => ({ ...one, size_bytes: bytes })) }
    }
    case 'get': {
      const { hit, value } = await readHit(cache, need(), namespace)
      return { hit, value }
    }
    case 'set':
      if (value === undefined) refuse('value', 'The action set needs a value; null is one')
      await cache.set(need(), value, { namespace, ttlMs: toTtlMs(ttl) })
      return {}
    case 'delete':
      return { removed: Number(await cache.delete(need(), { namespace })) }
    case 'clear':
      return { removed: (await cache.clear(namespace, { signal })).entries }
    case 'optimize': {
      const { expired, putOut } = await cache.trim({ signal })
      return { removed: expired + putOut }
    }
  }
}

function refuse(name: string, message: string): never {
  throw new AppError('INVALID_INPUT', message, { issues: [{ path: `/${name}`, message }] })
}
