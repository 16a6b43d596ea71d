import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { findService } from '../find-services.ts'
import { serviceNameField, serviceSchema, toService } from '../system-view.ts'

export const manageService = defineTool({
  name: 'manage_service',
  title: 'Start, stop or restart a service',
  askedFor: ['restart a stuck service', 'shut down one component', 'bring a service back up'],
  description:
    'Tells the state of one service of the server, starts it, stops it with all that stands on it, or restarts it. One that calls use is BUSY unless force ends them; a stopped one starts again when a call needs it. Queue, workers and peers are not stopped while the server runs. Not for all states: use monitor_services.',
  runtime: 'general',
  effect: 'replace',
  capability: { ability: 'system/write', resource: ({ service_name }) => `service:${service_name}` },
  needs: ['system'],
  input: z.strictObject({
    service_name: serviceNameField(),
    action: z.enum(['status', 'start', 'stop', 'restart']),
    force: z.boolean().default(false).describe('Also while calls use it')
  }),
  output: z.object({
    action: z.string(),
    service: serviceSchema,
    stopped: z.array(z.string()),
    started: z.array(z.string())
  }),
  errors: ['NOT_FOUND', 'BUSY', 'UNSUPPORTED', 'SERVICE_UNAVAILABLE'],
  limits: { timeoutMs: 60_000 },
  examples: [
    {
      title: 'Restart the cache',
      before: [{ tool: 'cache_stats', args: {} }],
      input: { service_name: 'cache', action: 'restart' },
      output: { stopped: ['cache'], started: ['cache'], service: { state: 'running' } }
    },
    { title: 'One that must run', input: { service_name: 'queue', action: 'stop' }, error: 'UNSUPPORTED' },
    { title: 'One that there is not', input: { service_name: 'database', action: 'status' }, error: 'NOT_FOUND' }
  ],
  async run({ service_name, action, force }, { services: { system } }) {
    const name = findService(system, service_name)
    const stops = action === 'stop' || action === 'restart'
    const stopped = stops ? await system.stopService(name, { force }) : []
    const starts = action === 'restart' ? stopped.toReversed() : action === 'start' ? [name] : []
    for (const one of starts) await system.startService(one)
    const state = system.services().find(one => one.name === name)
    return {
      action,
      service: state ? toService(state) : { name, state: 'idle' as const, reason: null },
      stopped,
      started: starts
    }
  }
})
