import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import { defineTool } from '../../core/tool.ts'
import { changesField, settingSchema, toSetting } from './setting-view.ts'

export const updateConfiguration = defineTool({
  name: 'update_configuration',
  title: 'Change settings with a backup, or go back to it',
  askedFor: [
    'apply several settings at once with a rollback',
    'restore the previous configuration',
    'back up settings before changing them'
  ],
  description:
    'Changes several settings together, all or none, and keeps what was saved before, so that restore goes back to it; validate tries a change only. Each setting answers whether it holds now or after a restart. Not for looking at settings: use configure_system.',
  runtime: 'general',
  effect: 'replace',
  capability: { ability: 'system/write', resource: ({ action }) => `settings:${action}` },
  needs: ['settings'],
  input: z.strictObject({
    action: z.enum(['validate', 'update', 'restore']),
    config_updates: changesField().optional().describe('Of validate and update: key to value; null for the default'),
    create_backup: z.boolean().default(true).describe('Of update: instead of the backup before'),
    validate_config: z.literal(true).default(true).describe('Changes are always checked')
  }),
  output: z.object({
    action: z.string(),
    changed: z.boolean(),
    settings: z.array(settingSchema),
    restart_needed: z.boolean(),
    has_backup: z.boolean()
  }),
  errors: ['INVALID_INPUT', 'FORBIDDEN', 'NOT_FOUND', 'STORAGE_FULL', 'STORAGE_FAILED'],
  examples: [
    {
      title: 'A smaller cache, at once',
      input: { action: 'update', config_updates: { 'cache.max_entries': 500 } },
      output: { changed: true, restart_needed: false, has_backup: true, settings: [{ value: 500, source: 'saved' }] }
    },
    {
      title: 'And back',
      before: [
        { tool: 'update_configuration', args: { action: 'update', config_updates: { 'cache.max_entries': 500 } } }
      ],
      input: { action: 'restore' },
      output: { changed: true, settings: [{ key: 'cache.max_entries', value: 10_000 }] }
    },
    { title: 'Without a backup', input: { action: 'restore' }, error: 'NOT_FOUND' }
  ],
  async run({ action, config_updates, create_backup }, { services: { settings } }) {
    const changes = () => config_updates ?? need(action)
    const states =
      action === 'restore'
        ? await settings.restore()
        : action === 'validate'
          ? settings.check(changes())
          : await settings.apply(changes(), { backup: create_backup })
    const shown = states.map(toSetting)
    return {
      action,
      changed: action !== 'validate',
      settings: shown,
      restart_needed: shown.some(one => one.needs_restart),
      has_backup: settings.hasBackup()
    }
  }
})

function need(action: string): never {
  const message = `The action ${action} needs config_updates`
  throw new AppError('INVALID_INPUT', message, { issues: [{ path: '/config_updates', message }] })
}
