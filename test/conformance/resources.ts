/** Resources of the conformance suite, and completion: three tools that the protocol's own methods call. */
import { z } from 'zod'
import { AppError } from '../../src/core/errors.ts'
import { type Category, defineTool } from '../../src/core/tool.ts'
import { fixture } from '../helpers/fixture-node.ts'
import { PNG } from './samples.ts'

const RESOURCES = [
  { uri: 'test://static-text', name: 'Static text', description: 'A text', mimeType: 'text/plain' },
  { uri: 'test://static-binary', name: 'Static binary', description: 'A picture', mimeType: 'image/png' },
  { uri: 'test://watched-resource', name: 'Watched', description: 'A text to subscribe to', mimeType: 'text/plain' }
]

export const TEMPLATES = [
  {
    uriTemplate: 'test://template/{id}/data',
    name: 'Data by id',
    description: 'Data of one id',
    mimeType: 'application/json'
  }
]

const CONTENT: Record<string, { text: string } | { blob: string }> = {
  'test://static-text': { text: 'This is the content of the static text resource.' },
  'test://static-binary': { blob: PNG },
  'test://watched-resource': { text: 'Watched resource content' }
}

const resource = z.object({ uri: z.string(), name: z.string(), description: z.string(), mimeType: z.string() })
const contents = z.object({
  uri: z.string(),
  mimeType: z.string(),
  text: z.string().optional(),
  blob: z.string().optional()
})

const list = defineTool({
  ...fixture,
  name: 'list_test_resources',
  needs: [],
  input: z.strictObject({}),
  output: z.object({ resources: z.array(resource).max(100) }),
  run: () => ({ resources: RESOURCES })
})

const read = defineTool({
  ...fixture,
  name: 'read_test_resource',
  needs: [],
  input: z.strictObject({ uri: z.string().max(1000) }),
  output: z.object({ contents: z.array(contents).max(10) }),
  run({ uri }) {
    const id = /^test:\/\/template\/([^/]+)\/data$/.exec(uri)?.[1]
    if (id !== undefined) {
      const text = JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` })
      return { contents: [{ uri, mimeType: 'application/json', text }] }
    }
    const known = RESOURCES.find(known => known.uri === uri)
    const content = CONTENT[uri]
    if (!known || !content) throw new AppError('NOT_FOUND', 'There is no such resource; resources/list names them')
    return { contents: [{ uri, mimeType: known.mimeType, ...content }] }
  }
})

const complete = defineTool({
  ...fixture,
  name: 'complete_test_argument',
  needs: [],
  input: z.strictObject({
    ref: z.looseObject({ type: z.string() }),
    argument: z.strictObject({ name: z.string().max(100), value: z.string().max(1000) }),
    context: z.looseObject({}).optional()
  }),
  output: z.object({ values: z.array(z.string()).max(100) }),
  run: ({ argument }) => ({ values: ['paris', 'park', 'party'].filter(word => word.startsWith(argument.value)) })
})

export const resources: Category = {
  id: 'test_resources',
  title: 'Resources',
  summary: 'Resources of the conformance suite',
  tools: [list, read, complete]
}
