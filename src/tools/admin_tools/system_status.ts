import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { statusOf, statusShape } from './status-view.ts'

export const systemStatus = defineTool({
  name: 'system_status',
  title: 'Show the server at a glance',
  askedFor: [
    'version and uptime',
    'how long has it been running',
    'where is the data directory',
    'a brief summary of the server'
  ],
  description:
    'Answers version, process, uptime, data directory, how many services run or failed, and open alerts. Not for services and resources one by one: use get_system_status.',
  runtime: 'general',
  effect: 'read',
  capability: { ability: 'system/read', resource: () => 'system' },
  needs: ['system'],
  input: z.strictObject({}),
  output: z.object(statusShape),
  errors: [],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    { title: 'A server that has just begun', input: {}, output: { services_failed: 0 } },
    {
      title: 'After a call that needed the cache',
      before: [{ tool: 'cache_stats', args: {} }],
      input: {},
      output: { services_failed: 0 }
    }
  ],
  run: (_input, { services: { system }, clock }) => statusOf(system, clock.now())
})
