/**
 * Services whose work is seen in traces: the methods below run in a span of the call that they are called for. It is done around the
 * services, so that none has code for it and a node without telemetry has the bare ones.
 */
import type { ServiceName, Services } from '../core/tool.ts'
import type { SpanKind, Tracer } from '../core/tracer.ts'
import type { ServicePlan, ServicePlans } from './services.ts'

interface TracedMethods {
  kind: SpanKind
  methods: readonly string[]
}

/** Those that answer once: a span around what is iterated would end before the first item. */
type MethodsOf<N extends ServiceName> = readonly {
  [K in keyof Services[N] & string]: Services[N][K] extends (...args: never[]) => Promise<unknown> ? K : never
}[keyof Services[N] & string][]

/** What may take long. Methods that a call makes thousands of times, such as reading a block, are not among them. */
const TRACED: { [N in ServiceName]?: { kind: SpanKind; methods: MethodsOf<N> } } = {
  datasets: {
    kind: 'internal',
    methods: ['load', 'process', 'save', 'describe', 'sample', 'query', 'ask', 'export', 'split', 'diff', 'publish']
  },
  fetcher: { kind: 'client', methods: ['get'] },
  decoders: { kind: 'internal', methods: ['decodeOne'] },
  blocks: { kind: 'internal', methods: ['addFile', 'addDirectory', 'importCar', 'gc', 'pin', 'unpin', 'find', 'stat'] },
  objects: { kind: 'internal', methods: ['put', 'find', 'read', 'remove', 'removeCollection'] },
  cache: { kind: 'internal', methods: ['get', 'set', 'delete', 'clear', 'trim'] },
  queue: {
    kind: 'internal',
    methods: [
      'submit',
      'claim',
      'heartbeat',
      'complete',
      'release',
      'retry',
      'cancel',
      'reprioritize',
      'remove',
      'clear',
      'wait',
      'list',
      'stats'
    ]
  },
  peers: { kind: 'client', methods: ['request', 'callTool', 'queueRpc', 'connect', 'ping', 'discover', 'join'] },
  longCalls: { kind: 'internal', methods: ['begin', 'answer', 'cancel'] }
}

export function tracedPlans(plans: ServicePlans, tracer: Tracer): ServicePlans {
  const traced = Object.entries(plans).map(([name, plan]) => {
    // `TRACED` has names of services and of their methods only.
    const spans: TracedMethods | undefined = TRACED[name as ServiceName]
    return [name, tracedPlan(name, plan as ServicePlan<ServiceName>, spans, tracer)]
  })
  // The same plans under the same names.
  return Object.fromEntries(traced) as ServicePlans
}

function tracedPlan(name: string, plan: ServicePlan<ServiceName>, spans: TracedMethods | undefined, tracer: Tracer) {
  const create: ServicePlan<ServiceName>['create'] = async services => {
    // It is started by the call that needs it first, and lives on.
    const service = await tracer.apart(() => plan.create(services))
    return around(name, service, spans, tracer)
  }
  return { ...plan, create }
}

type Method = (...args: unknown[]) => Promise<unknown>

/** Those above are asynchronous, and the results of the others are handed on as they are. */
const isMethod = (value: unknown): value is Method => typeof value === 'function'

/** The same service, with spans around some methods and none around its start. */
function around<S extends object>(name: string, service: S, spans: TracedMethods | undefined, tracer: Tracer): S {
  if (!spans && !('start' in service)) return service
  const known = new Map<PropertyKey, unknown>()

  function wrapped(key: PropertyKey, method: Method): unknown {
    if (key === 'start') return (...args: unknown[]) => tracer.apart(() => method.apply(service, args))
    if (!spans?.methods.includes(String(key))) return method.bind(service)
    const start = { name: `${name}.${String(key)}`, kind: spans.kind }
    return (...args: unknown[]) => tracer.within(start, () => method.apply(service, args))
  }

  return new Proxy(service, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key)
      if (!isMethod(value)) return value
      const found = known.get(key) ?? wrapped(key, value)
      known.set(key, found)
      return found
    }
  })
}
