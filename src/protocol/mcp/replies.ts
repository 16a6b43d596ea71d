/** Answers of a client to what a call asks, as MCP has them. */
import type { Question, QuestionMethod, Reply } from '../../core/client.ts'
import { AppError } from '../../core/errors.ts'

/** Asks each question by `answer`, all at once. INVALID_INPUT for an answer that is no result of its question. */
export async function readReplies<N extends string>(
  questions: Record<N, Question>,
  answer: (name: string, question: Question) => Promise<unknown>
): Promise<Record<N, Reply>> {
  const entries = Object.entries<Question>(questions).map(
    async ([name, question]) => [name, await readReply(name, question.method, await answer(name, question))] as const
  )
  // The same names as those of the questions, which `fromEntries` cannot say.
  return Object.fromEntries(await Promise.all(entries)) as Record<N, Reply>
}

/** A tool must not meet an answer of another shape than the protocol's: INVALID_INPUT. */
export async function readReply(name: string, method: QuestionMethod, value: unknown): Promise<Reply> {
  const { ElicitResultSchema, CreateMessageResultSchema, ListRootsResultSchema } = await import(
    '@modelcontextprotocol/core'
  )
  const schema = {
    'elicitation/create': ElicitResultSchema,
    'sampling/createMessage': CreateMessageResultSchema,
    'roots/list': ListRootsResultSchema
  }[method]
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const where = issue ? ` (/${issue.path.join('/')}: ${issue.message})` : ''
  throw new AppError('INVALID_INPUT', `The answer to "${name.slice(0, 80)}" is no result of ${method}${where}`)
}
