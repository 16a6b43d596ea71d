/** Declares a prompt: a tool whose parameters are texts and whose value is what a person would say to begin the job. */
import { z } from 'zod'
import { defineTool, type Tool, type ToolExample } from '../../core/tool.ts'

export interface PromptSpec<I extends z.ZodRawShape> {
  name: string
  title: string
  description: string
  arguments: I
  examples: readonly ToolExample[]
  text(given: z.output<z.ZodObject<I, z.core.$strict>>): string
}

export function definePrompt<I extends z.ZodRawShape>(spec: PromptSpec<I>): Tool {
  return defineTool({
    name: spec.name,
    title: spec.title,
    description: spec.description,
    runtime: 'general',
    effect: 'read',
    capability: { ability: 'prompt/read', resource: () => `prompt:${spec.name}` },
    needs: [],
    input: z.strictObject(spec.arguments),
    output: z.object({
      description: z.string(),
      messages: z.array(
        z.object({ role: z.literal('user'), content: z.object({ type: z.literal('text'), text: z.string() }) })
      )
    }),
    errors: [],
    limits: { isIdempotent: true, isRetrySafe: true },
    examples: spec.examples,
    run: given => ({
      description: spec.title,
      messages: [{ role: 'user' as const, content: { type: 'text' as const, text: spec.text(given) } }]
    })
  })
}

/** What a person typed, as data: it stays one JSON text, whatever it says. */
export function quoted(text: string): string {
  return JSON.stringify(text)
}
