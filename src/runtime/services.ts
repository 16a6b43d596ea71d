/**
 * Holds the services of a node. Each starts when a call first needs it, after the services it is built on; one that failed
 * to start is tried again at the next need. They stop in the reverse of the order in which they started.
 */
import { AppError, toAppError } from '../core/errors.ts'
import type { ServiceView } from '../core/service-view.ts'
import type { Startable } from '../core/startable.ts'
import type { ServiceName, Services } from '../core/tool.ts'

export interface ServicePlan<N extends ServiceName> {
  needs: readonly ServiceName[]
  /** Builds the service; its needs are started. May import heavy code. */
  create(services: Services): Promise<Services[N]> | Services[N]
  /** Started once this one runs, without anybody waiting for it. */
  brings?: ServiceName
  /** Why it cannot run under this configuration, with the cure. */
  unavailable?: string
}

export type ServicePlans = { [N in ServiceName]: ServicePlan<N> }

export interface ServiceHost {
  /** Starts what is named and answers it. SERVICE_UNAVAILABLE with the reason when that fails. */
  acquire(names: readonly ServiceName[], signal?: AbortSignal): Promise<Services>
  unavailability(name: ServiceName): string | undefined
  /** Every service, whether it runs or not. */
  list(): ServiceView[]
  /** Names of the services that run. */
  running(): ServiceName[]
  /** Stops these, or all, in the reverse of the order in which they started. */
  stop(names?: readonly ServiceName[]): Promise<void>
}

export function createServiceHost(plans: ServicePlans): ServiceHost {
  const running: Partial<Services> = {}
  const starting = new Map<ServiceName, Promise<void>>()
  const failures = new Map<ServiceName, string>()
  const order: ServiceName[] = []

  async function startOne<N extends ServiceName>(name: N): Promise<void> {
    const plan: ServicePlan<N> = plans[name]
    if (plan.unavailable !== undefined) throw new AppError('SERVICE_UNAVAILABLE', plan.unavailable)
    await Promise.all(plan.needs.map(need => ensure(need)))
    // Everything the plan needs is running now, which is all it may touch.
    const service = await plan.create(running as Services)
    if (isStartable(service)) await service.start()
    running[name] = service
    order.push(name)
    failures.delete(name)
    // A failure is told to whoever needs what could not start.
    if (plan.brings) void ensure(plan.brings).catch(() => {})
  }

  function ensure(name: ServiceName): Promise<void> {
    let promise = starting.get(name)
    if (!promise) {
      promise = startOne(name).catch(thrown => {
        starting.delete(name)
        const error = toAppError(thrown)
        if (error.code !== 'SERVICE_UNAVAILABLE') failures.set(name, error.message)
        throw error
      })
      starting.set(name, promise)
    }
    return promise
  }

  return {
    async acquire(names) {
      for (const name of names) {
        if (running[name] === undefined) await Promise.all(names.map(ensure))
      }
      // All named services run; a tool's own type narrows this to the names it declared.
      return running as Services
    },
    unavailability: name => plans[name].unavailable ?? failures.get(name),
    list() {
      // The keys of the plans are the names of the services.
      const names = Object.keys(plans) as ServiceName[]
      return names.map(name => {
        const { needs, unavailable } = plans[name]
        const failure = failures.get(name)
        return {
          name,
          needs,
          isRunning: order.includes(name),
          ...(unavailable !== undefined && { unavailable }),
          ...(failure !== undefined && { failure })
        }
      })
    },
    running: () => [...order],
    async stop(names) {
      // One that has started may have brought another.
      for (let known = -1; known < starting.size; ) {
        known = starting.size
        await Promise.allSettled(starting.values())
      }
      const problems: unknown[] = []
      for (const name of order.toReversed().filter(name => names?.includes(name) ?? true)) {
        order.splice(order.indexOf(name), 1)
        const service = running[name]
        delete running[name]
        starting.delete(name)
        if (isStartable(service)) await service.stop().catch(error => problems.push(error))
      }
      if (problems.length > 0) throw new AggregateError(problems, 'Some services did not stop cleanly')
    }
  }
}

function isStartable(service: unknown): service is Startable {
  return typeof service === 'object' && service !== null && 'start' in service && 'stop' in service
}
