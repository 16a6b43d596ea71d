/** Prompts of the conformance suite: tools whose value is messages. */
import { z } from 'zod'
import type { ContentBlock } from '../../src/core/tool.ts'
import { type CallContext, type Category, defineTool } from '../../src/core/tool.ts'
import { fixture } from '../helpers/fixture-node.ts'
import { PNG } from './samples.ts'

const message = z.object({ role: z.enum(['user', 'assistant']), content: z.looseObject({ type: z.string() }) })

const prompt = <I extends z.ZodRawShape>(
  name: string,
  input: I,
  content: (
    input: z.output<z.ZodObject<I, z.core.$strict>>,
    context: CallContext<never>
  ) => Promise<ContentBlock[]> | ContentBlock[]
) =>
  defineTool({
    ...fixture,
    name,
    needs: [],
    input: z.strictObject(input),
    output: z.object({ messages: z.array(message).max(10) }),
    run: async (given, context) => ({
      messages: (await content(given, context)).map(block => ({ role: 'user' as const, content: { ...block } }))
    })
  })

const text = z.string().max(1000)

export const prompts: Category = {
  id: 'test_prompts',
  title: 'Prompts',
  summary: 'Prompts of the conformance suite',
  tools: [
    prompt('test_simple_prompt', {}, () => [{ type: 'text', text: 'This is a simple prompt for testing.' }]),
    prompt(
      'test_prompt_with_arguments',
      { arg1: text.describe('First test argument'), arg2: text.describe('Second test argument') },
      ({ arg1, arg2 }) => [{ type: 'text', text: `Prompt with arguments: arg1='${arg1}', arg2='${arg2}'` }]
    ),
    prompt('test_prompt_with_embedded_resource', { resourceUri: text.describe('What to embed') }, ({ resourceUri }) => [
      {
        type: 'resource',
        resource: { uri: resourceUri, mimeType: 'text/plain', text: 'Embedded resource content for testing.' }
      },
      { type: 'text', text: 'Please process the embedded resource above.' }
    ]),
    prompt('test_prompt_with_image', {}, () => [
      { type: 'image', data: PNG, mimeType: 'image/png' },
      { type: 'text', text: 'Please analyze the image above.' }
    ]),
    prompt('test_input_required_result_prompt', {}, async (_input, { client }) => {
      const requestedSchema = { type: 'object', properties: { context: { type: 'string' } }, required: ['context'] }
      const { user_context } = await client.ask({
        user_context: {
          method: 'elicitation/create',
          params: { message: 'What context should the prompt use?', requestedSchema }
        }
      })
      return [{ type: 'text', text: `Use this context: ${JSON.stringify(user_context.content)}` }]
    })
  ]
}
