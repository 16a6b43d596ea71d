/** Settings as callers see them. */
import { z } from 'zod'
import type { SettingState } from '../../services/settings/api.ts'

export const settingSchema = z.object({
  key: z.string(),
  value: z.unknown().describe('What holds now'),
  default: z.unknown(),
  takes: z.string(),
  takes_effect: z.enum(['now', 'restart', 'fixed']).describe('fixed: only whoever starts the server changes it'),
  source: z.string(),
  saved: z.unknown().optional().describe('What holds after the next start'),
  needs_restart: z.boolean(),
  outweighed_by: z.string().optional().describe('A variable or flag that wins at the next start')
})

export function toSetting(state: SettingState): z.output<typeof settingSchema> {
  const isPending = state.saved !== undefined
  return {
    key: state.key,
    value: state.value ?? null,
    default: state.fallback ?? null,
    takes: state.takes,
    takes_effect: state.effect,
    source: state.source,
    ...(isPending && { saved: state.saved }),
    needs_restart: isPending && state.effect === 'restart',
    ...(state.outweighedBy !== undefined && { outweighed_by: state.outweighedBy })
  }
}

export const changesField = () => z.record(z.string().min(1).max(100), z.unknown())
