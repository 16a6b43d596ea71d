/** A whole node with a data directory of its own, and calls to it as its user. */
import { readFile } from 'node:fs/promises'
import { loadConfig } from '../../src/config.ts'
import { silentLog } from '../../src/core/log.ts'
import { startNode } from '../../src/node.ts'
import { createWorkspace, type Workspace } from './processes.ts'

export interface OpenNode extends AsyncDisposable {
  /** The working directory, with the data directory `data` in it. */
  cwd: string
  call(tool: string, args?: object, signal?: AbortSignal): Promise<Record<string, unknown>>
}

/** Without a workspace it gets one of its own, which goes with it. */
export async function openNode(env: Record<string, string> = {}, given?: Workspace): Promise<OpenNode> {
  const workspace = given ?? (await createWorkspace())
  const { cwd, dataDir } = workspace
  const flags = { 'data-dir': dataDir }
  const config = await loadConfig({ flags, env, cwd, home: cwd, readFile: path => readFile(path, 'utf8') })
  const node = await startNode(config, { log: silentLog })
  return {
    cwd,
    async call(tool, args = {}, signal) {
      const request = { tool, args, evidence: { kind: 'process' as const }, ...(signal && { signal }) }
      return (await node.invoke(request)).envelope
    },
    async [Symbol.asyncDispose]() {
      await node.stop()
      if (!given) await workspace[Symbol.asyncDispose]()
    }
  }
}

/** Submits a task that a worker of the test can run. */
export async function submit({ call }: OpenNode, taskId: string, more: object = {}): Promise<Record<string, unknown>> {
  return await call('task_submit', {
    task_id: taskId,
    task_type: 'tool.call',
    payload: { tool: 'list_datasets' },
    ...more
  })
}

/** Claims one task and answers it. */
export async function claim({ call }: OpenNode, more: object = {}): Promise<Record<string, unknown>> {
  const { tasks } = await call('task_claim', { worker_id: 'w1', ...more })
  return Object(Array.isArray(tasks) ? tasks[0] : undefined)
}
