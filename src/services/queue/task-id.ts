/** Task ids that grow with time (UUID version 7, RFC 9562 §5.7), so that a store appends them. */
import type { Clock } from '../../core/clock.ts'
import type { Random } from '../../core/random.ts'

export function newTaskId(clock: Clock, random: Random): string {
  const bytes = Buffer.from(random.bytes(16))
  bytes.writeUIntBE(Math.max(0, Math.floor(clock.now())), 0, 6)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
