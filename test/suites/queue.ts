/** What every queue does, whatever store it stands on. Each test gets a queue of its own, started and empty. */
import { describe } from 'vitest'
import { bodiesSuite } from './queue/bodies.ts'
import { controlSuite } from './queue/control.ts'
import { identitySuite } from './queue/identity.ts'
import { leasesSuite } from './queue/leases.ts'
import { lifeSuite } from './queue/life.ts'
import { listsSuite } from './queue/lists.ts'
import { matchingSuite } from './queue/matching.ts'
import type { CreateQueue } from './queue/open.ts'
import { orderSuite } from './queue/order.ts'
import { retriesSuite } from './queue/retries.ts'

export function queueSuite(name: string, create: CreateQueue): void {
  describe(name, () => {
    identitySuite(create)
    orderSuite(create)
    matchingSuite(create)
    leasesSuite(create)
    retriesSuite(create)
    controlSuite(create)
    listsSuite(create)
    bodiesSuite(create)
    lifeSuite(create)
  })
}
