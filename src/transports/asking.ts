/**
 * The `Client` that a call gets, in both eras. With a session the question travels while the call waits. Without one, the call ends at
 * the first question without an answer, and the client sends it again with the answers.
 */
import {
  type Client,
  missingCapabilities,
  openQuestions,
  type Question,
  type Reply,
  TELL_LEVELS,
  type TellLevel
} from '../core/client.ts'
import { AppError } from '../core/errors.ts'
import { readReplies } from '../protocol/mcp/replies.ts'
import { LOG_LEVEL_KEY } from '../protocol/wire/remote-call.ts'
import { CLIENT_CAPABILITIES_KEY } from './eras.ts'
import { type Fault, INVALID_PARAMS, isObject, type Params } from './json-rpc.ts'
import type { Session } from './session.ts'

export const MISSING_CAPABILITY = -32021

/** Why a call of the stateless era ended before its tool did. */
export type Interruption =
  | { kind: 'questions'; questions: Record<string, Question> }
  | { kind: 'fault'; fault: Fault; httpStatus: number }

export interface RoundClient extends Client {
  readonly interruption: Interruption | undefined
}

/** The client of the stateless era: what it can do and wants to hear stands in the request. Made for each call, so it reads nothing early. */
export function createRoundClient(
  meta: Params,
  answers: Record<string, unknown>,
  notify: ((text: string) => void) | undefined
): RoundClient {
  return new StatelessClient(meta, answers, notify)
}

class StatelessClient implements RoundClient {
  readonly #meta: Params
  readonly #answers: Record<string, unknown>
  readonly #notify: ((text: string) => void) | undefined
  interruption: Interruption | undefined

  constructor(meta: Params, answers: Record<string, unknown>, notify: ((text: string) => void) | undefined) {
    this.#meta = meta
    this.#answers = answers
    this.#notify = notify
  }

  can(capability: string): boolean {
    const capabilities = this.#meta[CLIENT_CAPABILITIES_KEY]
    return isObject(capabilities) && isObject(capabilities[capability])
  }

  async ask<N extends string>(questions: Record<N, Question>): Promise<Record<N, Reply>> {
    const missing = missingCapabilities(questions, capability => this.can(capability))
    if (missing) {
      const message = `This call needs a client with the capability ${missing.join(', ')}`
      const requiredCapabilities = Object.fromEntries(missing.map(capability => [capability, {}]))
      const data = { error: 'INPUT_REQUIRED', requiredCapabilities }
      this.interruption = { kind: 'fault', fault: { code: MISSING_CAPABILITY, message, data }, httpStatus: 400 }
      throw new AppError('INPUT_REQUIRED', message)
    }
    const open = openQuestions(questions, this.#answers)
    if (open) {
      this.interruption = { kind: 'questions', questions: open }
      throw new AppError('INPUT_REQUIRED', `The call waits for answers to: ${Object.keys(open).join(', ')}`)
    }
    try {
      return await readReplies(questions, async name => this.#answers[name])
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      this.interruption = { kind: 'fault', fault: { code: INVALID_PARAMS, message }, httpStatus: 400 }
      throw error
    }
  }

  tell(level: TellLevel, message: string): void {
    const levels: readonly unknown[] = TELL_LEVELS
    const threshold = levels.indexOf(this.#meta[LOG_LEVEL_KEY])
    if (threshold >= 0 && levels.indexOf(level) >= threshold)
      this.#notify?.(messageText(level, message, this.#meta.progressToken))
  }
}

/** The client of a session, asked on the stream of the request. */
export function createSessionClient(
  session: Session,
  notify: ((text: string) => void) | undefined,
  signal: AbortSignal | undefined
): Client {
  return {
    can: capability => notify !== undefined && session.can(capability),
    async ask(questions) {
      const missing = missingCapabilities(questions, capability => session.can(capability))
      if (!notify || missing) {
        const lack = missing ? `the capability ${missing.join(', ')}` : 'a stream to be asked on'
        throw new AppError('INPUT_REQUIRED', `This call needs a client with ${lack}`)
      }
      return await readReplies(questions, (_name, question) => session.ask(question, notify, signal))
    },
    tell(level, message) {
      if (session.hears(level)) notify?.(messageText(level, message))
    }
  }
}

/** With the token of the request that it belongs to, where that has one: several may be under way on a stream. */
function messageText(level: TellLevel, data: string, progressToken?: unknown): string {
  const params = { level, data, ...(progressToken !== undefined && { _meta: { progressToken } }) }
  return JSON.stringify({ jsonrpc: '2.0', method: 'notifications/message', params })
}
