/** What every queue does, whatever store it stands on. Each test gets a queue of its own, started and empty. */
import { describe } from 'vitest'
import { leasesSuite } from './queue/leases.ts'
import type { CreateQueue } from './queue/open.ts'
import { orderSuite } from './queue/order.ts'

export function queueSuite(name: string, create: CreateQueue): void {
  describe(name, () => {
    orderSuite(create)
    leasesSuite(create)
  })
}
