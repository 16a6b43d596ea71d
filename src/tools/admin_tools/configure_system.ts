import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import { defineTool } from '../../core/tool.ts'
import { changesField, settingSchema, toSetting } from './setting-view.ts'

export const configureSystem = defineTool({
  name: 'configure_system',
  title: 'Show and change settings',
  askedFor: [
    'what is this option set to and where does that come from',
    'change an option of the server',
    'reset a setting to its default',
    'list configuration keys'
  ],
  description:
    'Lists the settings with what they take, where their value came from and whether a change takes effect now or after a restart; changes some (set), tries a change (validate), or puts one back to its default (reset). Not for changes with a backup: use update_configuration.',
  runtime: 'general',
  effect: 'replace',
  capability: { ability: 'system/write', resource: ({ action }) => `settings:${action}` },
  needs: ['settings'],
  input: z.strictObject({
    action: z.enum(['list', 'get', 'set', 'validate', 'reset']),
    config_key: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .describe('Of get and reset, such as cache.max_bytes; a prefix of list'),
    settings: changesField().optional().describe('Of set and validate: key to value; null for the default'),
    validate_only: z.boolean().default(false).describe('set changes nothing, and answers as it would')
  }),
  output: z.object({
    action: z.string(),
    changed: z.boolean(),
    settings: z.array(settingSchema),
    restart_needed: z.boolean()
  }),
  errors: ['INVALID_INPUT', 'FORBIDDEN', 'STORAGE_FULL', 'STORAGE_FAILED'],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'One setting',
      input: { action: 'get', config_key: 'server.tool_timeout' },
      output: { settings: [{ value: 120, takes_effect: 'now' }], changed: false }
    },
    {
      title: 'A change that waits for the next start',
      input: { action: 'set', settings: { 'workers.concurrency': 2 } },
      output: { changed: true, restart_needed: true, settings: [{ value: 4, saved: 2, needs_restart: true }] }
    },
    { title: 'Out of range', input: { action: 'set', settings: { 'server.tool_timeout': 0 } }, error: 'INVALID_INPUT' },
    {
      title: 'What no tool changes',
      input: { action: 'set', settings: { 'fetch.allow_loopback': true } },
      error: 'FORBIDDEN'
    }
  ],
  async run({ action, config_key, settings: changes, validate_only }, { services: { settings } }) {
    const states = await (async () => {
      switch (action) {
        case 'list':
          return settings.list().filter(({ key }) => key.startsWith(config_key ?? ''))
        case 'get':
          return [settings.get(config_key ?? need('config_key', action))]
        case 'reset':
          return await settings.apply({ [config_key ?? need('config_key', action)]: null })
        case 'validate':
          return settings.check(changes ?? need('settings', action))
        case 'set': {
          const wanted = changes ?? need('settings', action)
          return validate_only ? settings.check(wanted) : await settings.apply(wanted)
        }
      }
    })()
    const shown = states.map(toSetting)
    return {
      action,
      changed: action === 'reset' || (action === 'set' && !validate_only),
      settings: shown,
      restart_needed: shown.some(one => one.needs_restart)
    }
  }
})

function need(name: string, action: string): never {
  const message = `The action ${action} needs ${name}`
  throw new AppError('INVALID_INPUT', message, { issues: [{ path: `/${name}`, message }] })
}
