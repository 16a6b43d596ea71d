/** `subscriptions/listen`: a request of the stateless era whose answer is a stream of news, until the client or the server ends it. */
import type { Refusal } from './call.ts'
import { type Change, type Changes, changeText, type List } from './changes.ts'
import { SUBSCRIPTION_ID_KEY } from './eras.ts'
import { INVALID_PARAMS, INVALID_REQUEST, isObject, type Request } from './json-rpc.ts'
import type { Exchange } from './mcp-server.ts'
import { watchTasks } from './task-news.ts'
import { knowsTasks, type Tasks, UNDECLARED } from './tasks.ts'

const MAX_URIS = 1_000
/** Each is looked at when the listening begins. */
const MAX_TASKS = 100

/** What a client wants to hear of. */
interface Filter {
  toolsListChanged?: true
  promptsListChanged?: true
  resourcesListChanged?: true
  resourceSubscriptions?: string[]
  taskIds?: string[]
}

/** Which parts the server has. */
export interface Offer {
  changes: Changes | undefined
  prompts: boolean
  resources: boolean
  tasks: Pick<Tasks, 'look' | 'changes'> | undefined
}

/** Resolves when the stream is over, with the `_meta` of its last message. */
export async function listen(
  { id, params }: Request,
  exchange: Exchange,
  offer: Offer
): Promise<Refusal | { meta: Record<string, unknown> }> {
  const { notify, signal } = exchange
  if (!notify || !signal) {
    return { fault: { code: INVALID_REQUEST, message: 'To listen, accept text/event-stream' }, httpStatus: 406 }
  }
  const filter = readFilter(params?.notifications, offer)
  if (!filter) {
    const message = `Invalid params: "notifications" must be an object that names what to listen to, with at most ${MAX_URIS} resources and ${MAX_TASKS} tasks`
    return { fault: { code: INVALID_PARAMS, message } }
  }
  if (filter.taskIds && !knowsTasks(params)) return UNDECLARED
  const watch = filter.taskIds && offer.tasks && (await watchTasks(offer.tasks, filter.taskIds, exchange))
  if (watch && watch.taskIds.length > 0) filter.taskIds = watch.taskIds
  else delete filter.taskIds

  const meta = { [SUBSCRIPTION_ID_KEY]: id }
  const method = 'notifications/subscriptions/acknowledged'
  notify(JSON.stringify({ jsonrpc: '2.0', method, params: { notifications: filter, _meta: meta } }))
  // Where nothing can ever come, there is nothing to wait for.
  if (Object.keys(filter).length === 0 || signal.aborted) return { meta }

  const unsubscribe = offer.changes?.subscribe(change => {
    if (isWanted(change, filter)) notify(changeText(change, meta))
  })
  const unwatch = watch?.tell(notify, meta)
  await new Promise(resolve => signal.addEventListener('abort', resolve, { once: true }))
  unsubscribe?.()
  unwatch?.()
  return { meta }
}

function readFilter(wanted: unknown, { changes, prompts, resources, tasks }: Offer): Filter | undefined {
  if (!isObject(wanted)) return undefined
  const { resourceSubscriptions: uris = [], taskIds = [] } = wanted
  if (!isTexts(uris, MAX_URIS) || !isTexts(taskIds, MAX_TASKS)) return undefined
  const tells = (list: List) => changes?.lists.has(list) === true
  return {
    ...(wanted.toolsListChanged === true && tells('tools') && { toolsListChanged: true }),
    ...(wanted.promptsListChanged === true && prompts && tells('prompts') && { promptsListChanged: true }),
    ...(wanted.resourcesListChanged === true && resources && tells('resources') && { resourcesListChanged: true }),
    ...(uris.length > 0 && changes && resources && { resourceSubscriptions: uris }),
    ...(taskIds.length > 0 && tasks && { taskIds: [...new Set(taskIds)] })
  }
}

function isTexts(value: unknown, max: number): value is string[] {
  return Array.isArray(value) && value.length <= max && value.every(text => typeof text === 'string')
}

function isWanted(change: Change, filter: Filter): boolean {
  switch (change.kind) {
    case 'tools':
      return filter.toolsListChanged === true
    case 'prompts':
      return filter.promptsListChanged === true
    case 'resources':
      return filter.resourcesListChanged === true
    case 'resource':
      return filter.resourceSubscriptions?.includes(change.uri) === true
  }
}
