/** A small piece of work of each service, which tells that it works. None of them changes anything. */
import { AppError } from './core/errors.ts'
import type { ServiceName, Services } from './core/tool.ts'

type Probes = { [N in ServiceName]?: (service: Services[N]) => unknown }

const probes: Probes = {
  catalog: catalog => catalog.categories.length,
  files: files => files.kindOf('.'),
  blocks: blocks => blocks.listPins({ limit: 1 }),
  datasets: datasets => datasets.list({ limit: 1 }),
  objects: objects => objects.collections({ limit: 1 }),
  cache: cache => cache.has('probe'),
  queries: queries => queries.list().length,
  settings: settings => settings.list().length,
  peers: peers => peers.status()
}

export async function probeService<N extends ServiceName>(name: N, service: Services[N]): Promise<void> {
  // What was started under the name is told from nothing only here.
  if (service === undefined) throw new AppError('SERVICE_UNAVAILABLE', `${name} did not start`)
  const probe = probes[name]
  await probe?.(service)
}
