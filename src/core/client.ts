/**
 * The client behind a call, as far as a tool may turn to it. A client without a connection of its own cannot be asked while the call
 * runs: the call then ends, and runs again from its start when the answers are there. So a tool asks before it changes anything,
 * and what it is answered is input like any other: to be checked before it is used.
 */
import { AppError } from './errors.ts'

/** What each question needs the client to be able to do. */
export const CAPABILITY_OF = {
  'elicitation/create': 'elicitation',
  'sampling/createMessage': 'sampling',
  'roots/list': 'roots'
} as const
export type QuestionMethod = keyof typeof CAPABILITY_OF
export type ClientCapability = (typeof CAPABILITY_OF)[QuestionMethod]

export interface Question {
  method: QuestionMethod
  params?: Record<string, unknown>
}

export function isQuestion(value: unknown): value is Question {
  if (typeof value !== 'object' || value === null || !('method' in value)) return false
  return typeof value.method === 'string' && Object.hasOwn(CAPABILITY_OF, value.method)
}

/** The capabilities that a client lacks for these questions, or undefined if it can answer them all. */
export function missingCapabilities(
  questions: Record<string, Question>,
  can: Client['can']
): ClientCapability[] | undefined {
  const missing = Object.values(questions)
    .map(({ method }) => CAPABILITY_OF[method])
    .filter(capability => !can(capability))
  return missing.length > 0 ? [...new Set(missing)] : undefined
}

/** The questions that have no answer yet, or undefined if all have one. */
export function openQuestions(
  questions: Record<string, Question>,
  answers: Record<string, unknown>
): Record<string, Question> | undefined {
  const open = Object.entries(questions).filter(([name]) => !Object.hasOwn(answers, name))
  return open.length > 0 ? Object.fromEntries(open) : undefined
}

/** The result of a question, as the protocol has it for the question's method. */
export type Reply = Record<string, unknown>

/** The levels of syslog (RFC 5424), least urgent first. */
export const TELL_LEVELS = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'] as const
export type TellLevel = (typeof TELL_LEVELS)[number]

export interface Client {
  can(capability: ClientCapability): boolean
  /** INPUT_REQUIRED when the client cannot answer, or not yet. Names tell the questions of one call apart. */
  ask<N extends string>(questions: Record<N, Question>): Promise<Record<N, Reply>>
  /** A word to the person at the client; dropped if the client did not ask for words of this level. */
  tell(level: TellLevel, message: string): void
}

/** For calls that come from no client. */
export const absentClient: Client = {
  can: () => false,
  ask: async () => {
    throw new AppError('INPUT_REQUIRED', 'This tool asks its caller back; call it from an MCP client that can answer')
  },
  tell: () => {}
}
