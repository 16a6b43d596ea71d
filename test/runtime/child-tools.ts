/** Tools that compute, and misbehave in every way that a node must survive. */
import { getPriority } from 'node:os'
import { z } from 'zod'
import { AppError } from '../../src/core/errors.ts'
import { type Category, defineTool } from '../../src/core/tool.ts'
import { fixture } from '../helpers/fixture-node.ts'

const none = { ...fixture, runtime: 'worker', needs: [], input: z.strictObject({}) } as const

/** In small pieces and in one that is far beyond any limit: both ways to run out of memory. */
const HOARDS = {
  objects() {
    const hoard: object[] = []
    for (;;) hoard.push({ index: hoard.length })
  },
  numbers() {
    const hoard: number[] = []
    for (;;) hoard.push(1.5)
  },
  map() {
    const hoard = new Map<number, number>()
    for (;;) hoard.set(hoard.size, 1)
  },
  text() {
    const hoard: string[] = []
    for (;;) hoard.push([...`${hoard.length}`.repeat(100_000)].join('-'))
  },
  array: () => ({ length: new Array(50_000_000).fill(1.5).length }),
  json: () => ({ length: JSON.parse(`[${'1,'.repeat(30_000_000)}1]`).length })
}

export const childTools: Category = {
  id: 'child_tools',
  title: 'Fixtures in processes',
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
        progress(process.pid)
        for (;;);
      }
    }),
    defineTool({
      ...none,
      name: 'hoard',
      input: z.strictObject({ what: z.enum(['objects', 'numbers', 'map', 'text', 'array', 'json']) }),
      output: z.looseObject({}),
      run: ({ what }) => HOARDS[what]()
    }),
    defineTool({
      ...none,
      name: 'take',
      input: z.strictObject({ value: z.unknown() }),
      output: z.object({}),
      run: () => ({})
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
