/** Several messages in one array: only version 2025-03-26 had that, and only its clients are answered. */
import { claimedVersion } from './eras.ts'
import { type Fault, INVALID_REQUEST, isObject } from './json-rpc.ts'

/** A batch is one request to the limits of a transport, so its size must not undo them. */
const MAX_BATCH = 50

/** The text of all answers, or undefined if no message of the batch wants one. */
export async function answerBatch(
  values: readonly unknown[],
  isAllowed: boolean,
  answerOne: (value: unknown) => Promise<string | undefined>
): Promise<{ text: string | undefined } | { fault: Fault }> {
  const problem = problemOf(values, isAllowed)
  if (problem) return { fault: { code: INVALID_REQUEST, message: problem } }
  const answers = await Promise.all(values.map(answerOne))
  const texts = answers.filter(answer => answer !== undefined)
  return { text: texts.length > 0 ? `[${texts.join(',')}]` : undefined }
}

function problemOf(values: readonly unknown[], isAllowed: boolean): string | undefined {
  if (!isAllowed) return 'Arrays of messages belong to protocol version 2025-03-26 only; send one message at a time'
  if (values.length === 0) return 'An array of messages must not be empty'
  if (values.length > MAX_BATCH) return `An array may hold at most ${MAX_BATCH} messages`
  for (const value of values) {
    if (!isObject(value)) continue
    if (value.method === 'initialize') return '"initialize" must be sent alone'
    if (isObject(value.params) && claimedVersion(value.params) !== undefined) {
      return 'A request of protocol version 2026-07-28 must be sent alone'
    }
  }
  return undefined
}
