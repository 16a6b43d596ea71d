/**
 * Payloads and results that are kept in blocks, for nodes that look for them in the task itself. Larger ones than such a node takes in
 * a frame stay away: the row has their CID, and `task.body` reads them in parts.
 */
import { isObject } from '../json-rpc.ts'

/** Of all bodies in an answer: a node in Python takes frames of one MiB. */
const MAX_BYTES = 512 * 1024

export type CallTool = (tool: string, args: Record<string, unknown>) => Promise<Record<string, unknown>>

export async function bringBodies(answer: Record<string, unknown>, call: CallTool): Promise<Record<string, unknown>> {
  let left = MAX_BYTES
  const rows = Array.isArray(answer.tasks) ? answer.tasks : [answer.task]
  for (const row of rows) {
    if (!isObject(row)) continue
    for (const part of ['payload', 'result'] as const) {
      if (typeof row[`${part}_cid`] !== 'string' || (row[part] !== undefined && row[part] !== null)) continue
      const body = await readBody(String(row.task_id), part, left, call)
      if (!body) continue
      left -= body.bytes
      row[part] = body.value
    }
  }
  return answer
}

/** Undefined if it has more bytes than may be brought. */
async function readBody(taskId: string, part: string, most: number, call: CallTool) {
  const chunks: Buffer[] = []
  for (let offset = 0; ; ) {
    const { content, returned, total } = await call('task_body', { task_id: taskId, part, offset })
    if (Number(total) > most) return undefined
    chunks.push(Buffer.from(String(content), 'base64'))
    offset += Number(returned)
    if (offset >= Number(total)) break
  }
  const bytes = Buffer.concat(chunks)
  const value: unknown = JSON.parse(bytes.toString('utf8'))
  return { value, bytes: bytes.length }
}
