/** `subscriptions/listen`: a request of the stateless era whose answer is a stream of news, until the client or the server ends it. */
import type { Refusal } from './call.ts'
import { type Change, type Changes, changeText } from './changes.ts'
import { SUBSCRIPTION_ID_KEY } from './eras.ts'
import { INVALID_PARAMS, INVALID_REQUEST, isObject, type Request } from './json-rpc.ts'
import type { Exchange } from './mcp-server.ts'

const MAX_URIS = 1_000

/** What a client wants to hear of. */
interface Filter {
  toolsListChanged?: true
  promptsListChanged?: true
  resourcesListChanged?: true
  resourceSubscriptions?: string[]
}

/** Which parts the server has. */
export interface Offer {
  prompts: boolean
  resources: boolean
}

/** Resolves when the stream is over, with the `_meta` of its last message. */
export async function listen(
  { id, params }: Request,
  { notify, signal }: Exchange,
  changes: Changes,
  offer: Offer
): Promise<Refusal | { meta: Record<string, unknown> }> {
  if (!notify || !signal) {
    return { fault: { code: INVALID_REQUEST, message: 'To listen, accept text/event-stream' }, httpStatus: 406 }
  }
  const filter = readFilter(params?.notifications, offer, changes)
  if (!filter) {
    const message = `Invalid params: "notifications" must be an object that names what to listen to, with at most ${MAX_URIS} resources`
    return { fault: { code: INVALID_PARAMS, message } }
  }
  const meta = { [SUBSCRIPTION_ID_KEY]: id }
  const method = 'notifications/subscriptions/acknowledged'
  notify(JSON.stringify({ jsonrpc: '2.0', method, params: { notifications: filter, _meta: meta } }))
  // Where nothing can ever come, there is nothing to wait for.
  if (Object.keys(filter).length === 0 || signal.aborted) return { meta }

  const unsubscribe = changes.subscribe(change => {
    if (isWanted(change, filter)) notify(changeText(change, meta))
  })
  await new Promise(resolve => signal.addEventListener('abort', resolve, { once: true }))
  unsubscribe()
  return { meta }
}

function readFilter(wanted: unknown, offer: Offer, { lists }: Changes): Filter | undefined {
  if (!isObject(wanted)) return undefined
  const { resourceSubscriptions: uris = [] } = wanted
  if (!Array.isArray(uris) || uris.length > MAX_URIS || !uris.every(uri => typeof uri === 'string')) return undefined
  return {
    ...(wanted.toolsListChanged === true && lists.has('tools') && { toolsListChanged: true }),
    ...(wanted.promptsListChanged === true && offer.prompts && lists.has('prompts') && { promptsListChanged: true }),
    ...(wanted.resourcesListChanged === true &&
      offer.resources &&
      lists.has('resources') && { resourcesListChanged: true }),
    ...(uris.length > 0 && offer.resources && { resourceSubscriptions: uris })
  }
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
