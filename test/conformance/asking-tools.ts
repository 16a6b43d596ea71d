/** Tools of the conformance suite that ask their caller back. */
import { z } from 'zod'
import type { Question, Reply } from '../../src/core/client.ts'
import { type CallContext, defineTool, type Tool } from '../../src/core/tool.ts'
import { fixture } from '../helpers/fixture-node.ts'
import { shownText } from './content-tools.ts'

type Schema = Record<string, object>

function form(message: string, properties: Schema, required: string[] = Object.keys(properties)): Question {
  return {
    method: 'elicitation/create',
    params: { message, requestedSchema: { type: 'object', properties, required } }
  }
}

function sample(text: string, maxTokens: number): Question {
  const messages = [{ role: 'user', content: { type: 'text', text } }]
  return { method: 'sampling/createMessage', params: { messages, maxTokens } }
}

const roots: Question = { method: 'roots/list', params: {} }
const name = { name: { type: 'string' } }
const confirmation = { confirm: form('Please confirm', { ok: { type: 'boolean' } }) }

const asking = <I extends z.ZodRawShape>(
  name: string,
  input: I,
  run: (input: z.output<z.ZodObject<I, z.core.$strict>>, context: CallContext<never>) => Promise<string>
) =>
  defineTool({
    ...fixture,
    name,
    needs: [],
    input: z.strictObject(input),
    output: z.object({ text: z.string() }),
    run: async (given, context) => ({ text: await run(given, context) }),
    present: shownText
  })

/** One question, and the answer in words. */
const asksOnce = (name: string, key: string, question: Question, tell: (reply: Reply) => string = told) =>
  asking(name, {}, async (_input, { client }) => {
    const answers = await client.ask({ [key]: question })
    return tell(answers[key] ?? {})
  })

const told = (reply: Reply) => `Answered: ${JSON.stringify(reply)}`
const completed = ({ action, content }: Reply) =>
  `Elicitation completed: action=${String(action)}, content=${JSON.stringify(content ?? {})}`
const member = (reply: Reply, key: string) => String((reply.content as Record<string, unknown> | undefined)?.[key])

const defaults = form(
  'Tell about yourself',
  {
    name: { type: 'string', default: 'John Doe' },
    age: { type: 'integer', default: 30 },
    score: { type: 'number', default: 95.5 },
    status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
    verified: { type: 'boolean', default: true }
  },
  []
)

const options = ['option1', 'option2', 'option3']
const titled = [
  { const: 'value1', title: 'First' },
  { const: 'value2', title: 'Second' },
  { const: 'value3', title: 'Third' }
]
const enums = form(
  'Choose',
  {
    untitledSingle: { type: 'string', enum: options },
    titledSingle: { type: 'string', oneOf: titled },
    legacyEnum: { type: 'string', enum: ['opt1', 'opt2', 'opt3'], enumNames: ['One', 'Two', 'Three'] },
    untitledMulti: { type: 'array', items: { type: 'string', enum: options } },
    titledMulti: { type: 'array', items: { anyOf: titled } }
  },
  []
)

const text = z.string().max(1000)

export const askingTools: Tool[] = [
  asking('test_sampling', { prompt: text }, async ({ prompt }, { client }) => {
    const { answer } = await client.ask({ answer: sample(prompt, 100) })
    return `LLM response: ${JSON.stringify(answer.content)}`
  }),
  asking('test_elicitation', { message: text }, async ({ message }, { client }) => {
    const user = { username: { type: 'string' }, email: { type: 'string' } }
    const { answer } = await client.ask({ answer: form(message, user) })
    return `User response: ${completed(answer)}`
  }),
  asksOnce('test_elicitation_sep1034_defaults', 'person', defaults, completed),
  asksOnce('test_elicitation_sep1330_enums', 'choice', enums, completed),
  asksOnce('test_missing_capability', 'answer', sample('Anything', 10)),
  asksOnce('test_streaming_elicitation', 'answer', form('Who?', name), completed),

  asksOnce(
    'test_input_required_result_elicitation',
    'user_name',
    form('What is your name?', name),
    reply => `Hello, ${member(reply, 'name')}!`
  ),
  asksOnce('test_input_required_result_sampling', 'capital_question', sample('What is the capital of France?', 100)),
  asksOnce('test_input_required_result_list_roots', 'client_roots', roots),
  asksOnce('test_input_required_result_request_state', 'confirm', confirmation.confirm, () => 'state-ok'),
  asksOnce('test_input_required_result_tampered_state', 'confirm', confirmation.confirm),
  asking('test_input_required_result_multiple_inputs', {}, async (_input, { client }) => {
    const answers = await client.ask({
      user_name: form('What is your name?', name),
      greeting: sample('Generate a greeting', 50),
      client_roots: roots
    })
    return told(answers)
  }),
  asking('test_input_required_result_multi_round', {}, async (_input, { client }) => {
    const { step1 } = await client.ask({ step1: form('Step 1: What is your name?', name) })
    const { step2 } = await client.ask({
      step2: form('Step 2: What is your favorite color?', { color: { type: 'string' } })
    })
    return `${member(step1, 'name')} likes ${member(step2, 'color')}`
  }),
  asking('test_input_required_result_capabilities', {}, async (_input, { client }) => {
    const questions: Record<string, Question> = {}
    if (client.can('elicitation')) questions.user = form('Who?', name)
    if (client.can('sampling')) questions.sample = sample('Say something', 10)
    const answers = await client.ask(questions)
    return told(answers)
  })
]
