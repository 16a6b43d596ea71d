import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { figuresSchema, serviceSchema, toFigures, toService } from '../system-view.ts'
import { statusOf, statusShape } from './status-view.ts'

export const getSystemStatus = defineTool({
  name: 'get_system_status',
  title: 'Show the server with its services and resources',
  askedFor: [
    'full overview of host, services and resources',
    'details of the machine the server runs on',
    'everything about the state of the server'
  ],
  description:
    'Answers the status of the server with its host, every service and the resources measured now, as JSON or also as Markdown. Not for a judgement of it: use system_health.',
  runtime: 'general',
  effect: 'read',
  capability: { ability: 'system/read', resource: () => 'system' },
  needs: ['system'],
  input: z.strictObject({
    include_details: z.boolean().default(true).describe('The host'),
    include_services: z.boolean().default(true),
    include_resources: z.boolean().default(true),
    format: z.enum(['json', 'markdown']).default('json')
  }),
  output: z.object({
    ...statusShape,
    host: z
      .object({
        platform: z.string(),
        release: z.string(),
        architecture: z.string(),
        processors: z.int(),
        memory_bytes: z.int(),
        uptime_s: z.int()
      })
      .optional(),
    services: z.array(serviceSchema).optional(),
    resources: figuresSchema.optional(),
    report: z.string().optional().describe('With markdown')
  }),
  errors: [],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'Services only',
      before: [{ tool: 'cache_stats', args: {} }],
      input: { include_details: false, include_resources: false },
      output: { services_failed: 0 }
    },
    { title: 'As Markdown', input: { format: 'markdown' }, output: { services_failed: 0 } }
  ],
  async run({ include_details, include_services, include_resources, format }, { services: { system }, clock }) {
    const status = statusOf(system, clock.now())
    const { memoryBytes, uptimeS, ...host } = system.host()
    const states = system.services()
    const lines = [
      ...Object.entries(status).map(([name, value]) => `- ${name}: ${value}`),
      ...states.map(({ name, state }) => `- service ${name}: ${state}`)
    ]
    return {
      ...status,
      ...(include_details && { host: { ...host, memory_bytes: memoryBytes, uptime_s: uptimeS } }),
      ...(include_services && { services: states.map(toService) }),
      ...(include_resources && { resources: toFigures(await system.sample()) }),
      ...(format === 'markdown' && { report: lines.join('\n') })
    }
  }
})
