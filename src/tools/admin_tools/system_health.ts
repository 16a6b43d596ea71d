import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { COMPONENTS, componentSchema, figuresSchema, judge, toFigures, worst } from '../system-view.ts'

export const systemHealth = defineTool({
  name: 'system_health',
  title: 'Judge one component of the system, or all',
  askedFor: ['is the disk or memory in trouble', 'judge one component', 'health of a part of the system'],
  description:
    'Judges process, memory, disk or services of the server, or all of them, with what to do where one is not ok. Not for trying out services: use check_health.',
  runtime: 'general',
  effect: 'read',
  capability: { ability: 'system/read', resource: () => 'system' },
  needs: ['system'],
  input: z.strictObject({
    component: z.enum(['all', ...COMPONENTS]).default('all'),
    detailed: z.boolean().default(false).describe('With the figures')
  }),
  output: z.object({
    health: z.enum(['ok', 'warning', 'failed']),
    components: z.array(componentSchema),
    metrics: figuresSchema.optional()
  }),
  errors: [],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'The services',
      input: { component: 'services' },
      output: { health: 'ok', components: [{ component: 'services', health: 'ok' }] }
    },
    { title: 'In detail', input: { component: 'services', detailed: true }, output: { health: 'ok' } }
  ],
  async run({ component, detailed }, { services: { system } }) {
    const sample = await system.sample()
    const names = component === 'all' ? COMPONENTS : [component]
    const components = names.map(name => judge(name, sample, system.services()))
    return { health: worst(components), components, ...(detailed && { metrics: toFigures(sample) }) }
  }
})
