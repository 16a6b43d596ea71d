/** The side of a process that runs tools: loads them by category and name, one call at a time, until it is ended. */
import type { CategoryLoaders } from '../../core/catalog.ts'
import type { ParentPort } from '../../core/child.ts'
import { absentClient } from '../../core/client.ts'
import { systemClock } from '../../core/clock.ts'
import { AppError } from '../../core/errors.ts'
import type { Log, LogFields } from '../../core/log.ts'
import { TaskScope } from '../../core/scope.ts'
import type { CallContext, ReportProgress, Tool } from '../../core/tool.ts'
import { errorOf, type FromTools, failureOf, type ToTools } from './tool-port.ts'

/** A busy tool must not keep the main loop busy with its progress. */
const PROGRESS_INTERVAL_MS = 50

export function serveTools(parent: ParentPort, loaders: CategoryLoaders): void {
  let scope: TaskScope | undefined
  const send = (message: FromTools) => parent.post(message)

  async function load(category: string, name: string): Promise<Tool> {
    const tool = (await loaders[category]?.())?.tools.find(tool => tool.name === name)
    if (tool) return tool
    throw new AppError('INTERNAL', `The process has no tool "${category}.${name}"`)
  }

  async function run({ category, tool: name, input, principal, callId }: ToTools & { kind: 'run' }): Promise<unknown> {
    await using own = new TaskScope()
    scope = own
    const tool = await load(category, name)
    const context: CallContext = {
      // Tools of this lane declare no needs.
      services: {} as CallContext['services'],
      signal: own.signal,
      principal,
      log: logTo(send),
      progress: progressTo(send),
      client: { ...absentClient, tell: (level, message) => send({ kind: 'tell', level, message }) },
      clock: systemClock,
      scope: own,
      callId
    }
    const value = await tool.run(input, context)
    await own.join()
    return value
  }

  async function answer(job: ToTools & { kind: 'run' }): Promise<void> {
    try {
      send({ kind: 'value', value: await run(job) })
    } catch (thrown) {
      send({ kind: 'failure', failure: failureOf(thrown) })
    } finally {
      scope = undefined
    }
  }

  parent.onMessage((message: ToTools) => {
    if (message.kind === 'abort') scope?.abort(errorOf(message.failure))
    else void answer(message)
  })
}

function progressTo(send: (message: FromTools) => void): ReportProgress {
  let sentAt = Number.NEGATIVE_INFINITY
  return (done, total, message) => {
    const now = systemClock.monotonic()
    if (now - sentAt < PROGRESS_INTERVAL_MS) return
    sentAt = now
    send({ kind: 'progress', done, total, message })
  }
}

function logTo(send: (message: FromTools) => void, bound: LogFields = {}): Log {
  const emit =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, fields: LogFields = {}) =>
      send({ kind: 'log', level, message, fields: { ...bound, ...fields } })
  return {
    debug: emit('debug'),
    info: emit('info'),
    warn: emit('warn'),
    error: emit('error'),
    with: fields => logTo(send, { ...bound, ...fields })
  }
}
