/** Task ids that grow with time (UUID version 7, RFC 9562 §5.7), so that a store appends them. */
import type { Clock } from '../../core/clock.ts'
import type { Random } from '../../core/random.ts'

/** A random UUID of version 4 whose first 48 bits and version make way for the time. */
export function newTaskId(clock: Clock, random: Random): string {
  const time = Math.max(0, Math.floor(clock.now())).toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8, 12)}-7${random.uuid().slice(15)}`
}
