import { z } from 'zod'
import type { Queue } from '../../services/queue/api.ts'

export const queueSchema = z.object({
  queued: z.int(),
  running: z.int(),
  completed: z.int(),
  failed: z.int(),
  cancelled: z.int(),
  dead_letters: z.int(),
  paused: z.boolean(),
  throughput: z.number().describe('Finished per second in the last five full minutes')
})

export async function queueView(queue: Pick<Queue, 'stats'>): Promise<z.output<typeof queueSchema>> {
  const { counts, deadLetters, isPaused, throughput } = await queue.stats()
  return { ...counts, dead_letters: deadLetters, paused: isPaused, throughput }
}
