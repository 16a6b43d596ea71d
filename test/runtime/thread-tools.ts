/** Tools that compute, and misbehave in every way that a thread must survive. */
import { getPriority } from 'node:os'
import { z } from 'zod'
import { AppError } from '../../src/core/errors.ts'
import { type Category, defineTool } from '../../src/core/tool.ts'
import { fixture } from '../helpers/fixture-node.ts'

const none = { ...fixture, runtime: 'worker', needs: [], input: z.strictObject({}) } as const

export const threadTools: Category = {
  id: 'thread_tools',
  title: 'Thread fixtures',
  summary: 'Fixtures',
  tools: [
    defineTool({
      ...none,
      name: 'add',
      input: z.strictObject({ numbers: z.array(z.number().max(100)).max(10) }),
      output: z.object({ sum: z.number(), id: z.string(), call: z.string(), priority: z.number() }),
      run({ numbers }, { principal, callId, progress, log, client }) {
        progress(1, 2, 'half')
        log.warn('adding', { count: numbers.length })
        client.tell('notice', 'a sum is coming')
        const sum = numbers.reduce((left, right) => left + right, 0)
        return { sum, id: principal.id, call: callId, priority: getPriority() }
      }
    }),
    defineTool({
      ...none,
      name: 'refuse',
      output: z.object({}),
      run: () => {
        throw new AppError('BAD_DATA', 'The data is bad', {
          details: { line: 7 },
          issues: [{ path: '/x', message: 'y' }]
        })
      }
    }),
    defineTool({
      ...none,
      name: 'crash',
      output: z.object({}),
      run: () => {
        throw new Error('secret detail')
      }
    }),
    defineTool({
      ...none,
      name: 'spin',
      remote: 'task',
      output: z.object({}),
      run: (_input, { progress }) => {
        progress(1)
        for (;;);
      }
    }),
    defineTool({
      ...none,
      name: 'hoard',
      output: z.object({}),
      run: () => {
        const hoard: object[] = []
        for (;;) hoard.push(Array.from({ length: 1000 }, (_, index) => ({ index })))
      }
    }),
    defineTool({
      ...none,
      name: 'wait',
      output: z.object({}),
      run: (_input, { signal, progress }) =>
        new Promise((_, reject) => {
          progress(1)
          signal.addEventListener('abort', () => reject(new AppError('CANCELLED', 'Stopped by itself')))
        })
    }),
    defineTool({ ...none, name: 'print', output: z.object({}), run: () => console.log('to nobody') ?? {} }),
    defineTool({ ...none, name: 'unclonable', output: z.looseObject({}), run: () => ({ run: () => {} }) })
  ]
}
