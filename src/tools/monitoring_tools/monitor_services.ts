import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { findService } from '../find-services.ts'
import { serviceNameField, serviceSchema, toService } from '../system-view.ts'

export const monitorServices = defineTool({
  name: 'monitor_services',
  title: 'Watch the services of the server',
  askedFor: [
    'which services are running or failed',
    'watch for a service going down',
    'state of all components over some checks'
  ],
  description:
    'Answers which services run, are idle, unavailable or failed, and why; with more than one check it looks again after check_interval and tells what changed. Not for trying them out: use check_health. Not for starting one: use manage_service.',
  runtime: 'general',
  asTask: 'offered',
  remote: 'task',
  effect: 'read',
  capability: { ability: 'system/read', resource: () => 'system' },
  needs: ['system'],
  input: z.strictObject({
    services: z.array(serviceNameField()).min(1).max(50).optional().describe('All by default'),
    check_interval: z.number().min(0.1).max(300).default(30).describe('Seconds between checks'),
    checks: z.int().min(1).max(20).default(1)
  }),
  output: z.object({
    services: z.array(serviceSchema.extend({ needs: z.array(z.string()), can_stop: z.boolean() })),
    running: z.int(),
    failed: z.int(),
    changes: z.array(z.object({ at: z.string(), name: z.string(), from: z.string(), to: z.string() }))
  }),
  errors: ['NOT_FOUND', 'CANCELLED'],
  limits: { timeoutMs: 6_060_000, isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'One that no call has needed yet',
      input: { services: ['cache'] },
      output: { services: [{ name: 'cache', state: 'idle', can_stop: true }], running: 0, changes: [] }
    },
    { title: 'A service that there is not', input: { services: ['chache'] }, error: 'NOT_FOUND' }
  ],
  async run({ services, check_interval, checks }, { services: { system }, signal, clock, progress }) {
    const meant = services?.map(name => findService(system, name)) ?? system.serviceNames()
    const look = () => system.services().filter(({ name }) => meant.includes(name))
    const changes: { at: string; name: string; from: string; to: string }[] = []
    let states = look()
    for (let check = 1; check < checks; check++) {
      await sleep(check_interval * 1000, undefined, { signal })
      progress(check + 1, checks, 'checks')
      const before = new Map(states.map(({ name, state }) => [name, state]))
      states = look()
      for (const { name, state } of states) {
        const from = before.get(name)
        if (from !== undefined && from !== state)
          changes.push({ at: new Date(clock.now()).toISOString(), name, from, to: state })
      }
    }
    return {
      services: states.map(state => ({ ...toService(state), needs: [...state.needs], can_stop: state.canStop })),
      running: states.filter(({ state }) => state === 'running').length,
      failed: states.filter(({ state }) => state === 'failed').length,
      changes
    }
  }
})
