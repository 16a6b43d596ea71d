/** Tools of the conformance suite that run as tasks. */
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { Question } from '../../src/core/client.ts'
import { AppError } from '../../src/core/errors.ts'
import { type CallContext, defineTool, type TaskSupport, type Tool } from '../../src/core/tool.ts'
import { fixture } from '../helpers/fixture-node.ts'
import { shownText } from './content-tools.ts'

/** Longer than a call is waited for before it is handed back. */
const A_WHILE_MS = 900

const text = z.string().max(1000)

function form(message: string, properties: Record<string, object>): Question {
  const requestedSchema = { type: 'object', properties, required: Object.keys(properties) }
  return { method: 'elicitation/create', params: { message, requestedSchema } }
}

interface Working<I extends z.ZodRawShape> {
  asTask?: TaskSupport
  input: I
  asksFirst?: () => Record<string, Question>
  run: (input: z.output<z.ZodObject<I, z.core.$strict>>, context: CallContext<never>) => Promise<string> | string
}

const working = <I extends z.ZodRawShape>(name: string, { input, run, ...rest }: Working<I>) =>
  defineTool({
    ...fixture,
    ...rest,
    name,
    remote: 'task',
    needs: [],
    input: z.strictObject(input),
    output: z.object({ text: z.string() }),
    run: async (given, context) => ({ text: await run(given, context) }),
    present: shownText
  })

const confirm = (file: string) => form(`Delete ${file}?`, { confirm: { type: 'boolean' } })
const userName = { user_name: form('What is your name?', { name: { type: 'string' } }) }

export const taskTools: Tool[] = [
  working('greet', { input: { name: text }, run: ({ name }) => `Hello, ${name}!` }),
  working('slow_compute', {
    asTask: 'offered',
    input: { seconds: z.number().min(0).max(600), label: text.default('') },
    async run({ seconds, label }, { progress, signal }) {
      progress(1, 2, label)
      await sleep(seconds * 1000, undefined, { signal })
      return `Computed ${label} in ${seconds} s`
    }
  }),
  working('failing_job', {
    asTask: 'required',
    input: {},
    async run(_input, { signal }) {
      await sleep(A_WHILE_MS, undefined, { signal })
      throw new AppError('BAD_DATA', 'This job intentionally fails')
    }
  }),
  working('protocol_error_job', {
    asTask: 'offered',
    input: {},
    async run(_input, { signal }) {
      await sleep(A_WHILE_MS, undefined, { signal })
      throw new Error('This job intentionally panics')
    }
  }),
  working('confirm_delete', {
    asTask: 'offered',
    input: { filename: text },
    async run({ filename }, { client }) {
      const { sure } = await client.ask({ sure: confirm(filename) })
      return sure.action === 'accept' ? `Deleted ${filename}` : `Kept ${filename}`
    }
  }),
  working('multi_input', {
    asTask: 'offered',
    input: {},
    async run(_input, { client }) {
      const answers = await client.ask({ first: confirm('the first'), second: confirm('the second') })
      return `Answered: ${JSON.stringify(answers)}`
    }
  }),
  working('test_tool_with_task', {
    asTask: 'required',
    input: {},
    asksFirst: () => userName,
    async run(_input, { client, signal }) {
      const { user_name } = await client.ask(userName)
      await sleep(A_WHILE_MS, undefined, { signal })
      return `Worked for ${JSON.stringify(user_name.content)}`
    }
  })
]
