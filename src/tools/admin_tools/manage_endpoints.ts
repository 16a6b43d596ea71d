import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import { urlField } from '../../core/fields.ts'
import { defineTool } from '../../core/tool.ts'

const TYPES = ['embedding', 'completion', 'chat', 'other'] as const

export const manageEndpoints = defineTool({
  name: 'manage_endpoints',
  title: 'Keep a list of model endpoints',
  askedFor: [
    'register the address of an inference server',
    'list model API addresses',
    'is an embedding endpoint reachable',
    'remove an endpoint'
  ],
  description:
    'Keeps a list of addresses of models, which outlives restarts, for clients that share this server: list, add, remove, or check whether one answers an HTTPS request. It calls no model. Not for settings of the server: use configure_system.',
  runtime: 'general',
  effect: 'external',
  capability: { ability: 'system/write', resource: ({ model }) => `endpoints:${model ?? ''}` },
  needs: ['settings', 'fetcher'],
  input: z.strictObject({
    action: z.enum(['list', 'add', 'remove', 'check']),
    model: z.string().min(1).max(200).optional().describe('Needed but for list; of list a filter'),
    endpoint: urlField().optional().describe('Of add; of remove one of several'),
    endpoint_type: z.enum(TYPES).optional().describe('Of add: embedding by default; of list a filter'),
    ctx_length: z.int().min(1).max(100_000_000).default(512).describe('Tokens that it takes')
  }),
  output: z.object({
    action: z.string(),
    endpoints: z.array(
      z.object({
        model: z.string(),
        endpoint: z.string(),
        endpoint_type: z.string(),
        ctx_length: z.int(),
        answers: z.boolean().optional(),
        problem: z.string().optional()
      })
    ),
    removed: z.int()
  }),
  errors: ['INVALID_INPUT', 'NOT_FOUND', 'TOO_LARGE', 'STORAGE_FULL', 'STORAGE_FAILED'],
  limits: { resultBytes: 2_000_000 },
  examples: [
    {
      title: 'Add one',
      input: { action: 'add', model: 'mini', endpoint: 'https://models.example/embed' },
      output: { endpoints: [{ model: 'mini', endpoint_type: 'embedding', ctx_length: 512 }] }
    },
    { title: 'None yet', input: { action: 'list' }, output: { endpoints: [], removed: 0 } },
    {
      title: 'No web address',
      input: { action: 'add', model: 'mini', endpoint: 'file:///etc/passwd' },
      error: 'INVALID_INPUT'
    }
  ],
  async run({ action, model, endpoint, endpoint_type, ctx_length }, { services: { settings, fetcher }, signal }) {
    let removed = 0
    if (action === 'add') {
      const address = endpoint ?? need('endpoint', action)
      if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) need('endpoint', action, 'an http or https URL')
      await settings.addEndpoint({
        model: model ?? need('model', action),
        endpoint: address,
        type: endpoint_type ?? 'embedding',
        contextLength: ctx_length
      })
    }
    if (action === 'remove') {
      removed = await settings.removeEndpoint(model ?? need('model', action), endpoint)
      if (removed === 0) throw new AppError('NOT_FOUND', `There is no endpoint of the model "${model}"`)
    }
    const meant = settings
      .endpoints()
      .filter(
        one =>
          (model === undefined || one.model === model) && (endpoint_type === undefined || one.type === endpoint_type)
      )
    if (action === 'check' && meant.length === 0)
      throw new AppError('NOT_FOUND', `There is no endpoint of the model "${model ?? need('model', action)}"`)
    const endpoints = []
    for (const one of meant) {
      const shown = { model: one.model, endpoint: one.endpoint, endpoint_type: one.type, ctx_length: one.contextLength }
      endpoints.push(action === 'check' ? { ...shown, ...(await checked(one.endpoint)) } : shown)
    }
    return { action, endpoints, removed }

    async function checked(url: string): Promise<{ answers: boolean; problem?: string }> {
      try {
        await using _body = await fetcher.get(url, { signal, timeoutMs: 10_000, maxBytes: 1_000_000 })
        return { answers: true }
      } catch (error) {
        signal.throwIfAborted()
        if (!(error instanceof AppError)) throw error
        // A host that refuses this request answers all the same.
        const { status } = Object(error.details)
        return typeof status === 'number' ? { answers: true } : { answers: false, problem: error.message }
      }
    }
  }
})

function need(name: string, action: string, what = name): never {
  const message = `The action ${action} needs ${what}`
  throw new AppError('INVALID_INPUT', message, { issues: [{ path: `/${name}`, message }] })
}
