import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { COMPONENTS, componentSchema, figuresSchema, judge, toFigures, worst } from '../system-view.ts'

export const healthCheck = defineTool({
  name: 'health_check',
  title: 'Check quickly whether the server is well',
  askedFor: ['is the server up and well', 'quick liveness look', 'anything wrong at the moment'],
  description:
    'Judges process, memory, disk and services by figures measured now, each with what to do where it is not ok. Not for trying out each service: use check_health.',
  runtime: 'general',
  effect: 'read',
  capability: { ability: 'system/read', resource: () => 'system' },
  needs: ['system'],
  input: z.strictObject({
    check_type: z
      .enum(['basic', 'detailed'])
      .default('basic')
      .describe('detailed adds what each component says when it is ok'),
    components: z.array(z.enum(COMPONENTS)).min(1).max(COMPONENTS.length).optional().describe('All by default'),
    include_metrics: z.boolean().default(true)
  }),
  output: z.object({
    health: z.enum(['ok', 'warning', 'failed']).describe('Of the worst component'),
    components: z.array(componentSchema),
    metrics: figuresSchema.optional(),
    checked_at: z.string()
  }),
  errors: [],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    { title: 'Services only', input: { components: ['services'] }, output: { health: 'ok', components: [] } },
    {
      title: 'In detail',
      input: { check_type: 'detailed', components: ['services'], include_metrics: false },
      output: { health: 'ok', components: [{ component: 'services', health: 'ok', advice: null }] }
    }
  ],
  async run({ check_type, components = COMPONENTS, include_metrics }, { services: { system } }) {
    const sample = await system.sample()
    const states = system.services()
    const judged = components.map(name => judge(name, sample, states))
    return {
      health: worst(judged),
      components: check_type === 'detailed' ? judged : judged.filter(({ health }) => health !== 'ok'),
      ...(include_metrics && { metrics: toFigures(sample) }),
      checked_at: new Date(sample.at).toISOString()
    }
  }
})
