import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { findService } from '../find-services.ts'
import {
  COMPONENTS,
  componentSchema,
  figuresSchema,
  judge,
  serviceNameField,
  serviceSchema,
  toFigures,
  toService,
  worst
} from '../system-view.ts'

export const checkHealth = defineTool({
  name: 'check_health',
  title: 'Check the server and try its services',
  askedFor: ['run a self test of every part', 'does each service really work', 'diagnose the server thoroughly'],
  description:
    'Judges process, memory, disk and services, and lets services do a small piece of work: those that run (standard), or all that can, which starts them (deep). Not for a look that costs nothing: use health_check.',
  runtime: 'general',
  asTask: 'offered',
  remote: 'task',
  effect: 'read',
  capability: { ability: 'system/read', resource: () => 'system' },
  needs: ['system'],
  input: z.strictObject({
    include_services: z.boolean().default(true),
    include_metrics: z.boolean().default(true),
    check_depth: z.enum(['basic', 'standard', 'deep']).default('standard').describe('basic tries nothing'),
    services: z.array(serviceNameField()).min(1).max(50).optional().describe('These only'),
    include_recommendations: z.boolean().default(true)
  }),
  output: z.object({
    health: z.enum(['ok', 'warning', 'failed']),
    components: z.array(componentSchema),
    services: z
      .array(serviceSchema.extend({ works: z.boolean().nullable(), took_ms: z.number().nullable() }))
      .optional(),
    metrics: figuresSchema.optional(),
    recommendations: z.array(z.string()).optional()
  }),
  errors: ['NOT_FOUND', 'CANCELLED'],
  limits: { timeoutMs: 120_000, isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'Let the cache do something',
      input: { services: ['cache'], check_depth: 'deep' },
      output: { services: [{ name: 'cache', state: 'running', works: true }] }
    },
    { title: 'A service that there is not', input: { services: ['database'] }, error: 'NOT_FOUND' }
  ],
  async run(input, { services: { system }, signal, progress }) {
    const meant = input.services?.map(name => findService(system, name)) ?? system.serviceNames()
    const tried = new Map<string, { works: boolean; took_ms: number; error: string | undefined }>()
    for (const [at, name] of meant.entries()) {
      signal.throwIfAborted()
      const state = system.services().find(one => one.name === name)?.state
      const isTried =
        input.check_depth === 'deep' ? state !== 'unavailable' : input.check_depth === 'standard' && state === 'running'
      if (!isTried) continue
      const { ok, tookMs, error } = await system.probe(name, signal)
      tried.set(name, { works: ok, took_ms: tookMs, error })
      progress(at + 1, meant.length, name)
    }
    const sample = await system.sample()
    const states = system.services().filter(({ name }) => meant.includes(name))
    const components = COMPONENTS.map(name => judge(name, sample, states))
    const broken = [...tried].flatMap(([name, { error }]) => (error === undefined ? [] : [`${name}: ${error}`]))
    return {
      health: broken.length > 0 ? ('failed' as const) : worst(components),
      components,
      ...(input.include_services && {
        services: states.map(state => {
          const { works = null, took_ms = null, error } = tried.get(state.name) ?? {}
          return { ...toService(state), reason: error ?? state.reason ?? null, works, took_ms }
        })
      }),
      ...(input.include_metrics && { metrics: toFigures(sample) }),
      ...(input.include_recommendations && {
        recommendations: [...broken, ...components.flatMap(({ advice }) => advice ?? [])]
      })
    }
  }
})
