import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { buildManifest } from '../../scripts/manifest.ts'
import { code, plain, table } from '../../scripts/reference/markdown.ts'
import { splitUses } from '../../scripts/reference/uses.ts'
import { buildReference, staleFiles, writeReference } from '../../scripts/reference.ts'
import { schemaRows } from '../../src/cli/schema-rows.ts'
import { pathField } from '../../src/core/fields.ts'
import { type Category, defineTool, type Tool } from '../../src/core/tool.ts'
import { categoryLoaders } from '../../src/tools/index.ts'
import { createWorkspace } from '../helpers/processes.ts'

const shelve = defineTool({
  name: 'shelve_book',
  title: 'Shelve a book',
  description: 'Puts a book on a shelf. Use burn_book to be rid of it.',
  runtime: 'general',
  effect: 'create',
  capability: { ability: 'book/create', resource: () => 'book:*' },
  needs: [],
  input: z.strictObject({
    path: pathField().describe('Where | it is'),
    copies: z.int().min(1).max(9).default(1),
    marks: z
      .array(z.strictObject({ page: z.int().min(0) }))
      .max(3)
      .optional()
  }),
  output: z.object({ shelf: z.string() }),
  errors: ['NOT_FOUND'],
  limits: { timeoutMs: 2000 },
  examples: [
    {
      title: 'One book',
      before: [{ tool: 'burn_book', args: { path: 'old' } }],
      input: { path: 'novel' },
      output: { shelf: 'B2' }
    }
  ],
  run: () => ({ shelf: 'B2' })
})
const burn: Tool = { ...shelve, name: 'burn_book', title: 'Burn a book', description: 'Burns it.' }
const library: Category = { id: 'library', title: 'Library', summary: 'Books', tools: [shelve, burn] }
const manifest = buildManifest([library])
const pages = buildReference(manifest, [library])
const shelvePage = pages.get('shelve_book.md') ?? ''

test('the index lists each tool under its category, and each tool has a page', () => {
  expect([...pages.keys()]).toEqual(['index.md', 'shelve_book.md', 'burn_book.md'])
  expect(pages.get('index.md')).toContain('## library\n\nLibrary: Books.')
  expect(pages.get('index.md')).toContain('| [shelve_book](shelve_book.md) | Shelve a book | create |')
})

test('the index says which prompts and resources there are, with the arguments of each prompt', () => {
  const prompts: Category = { id: 'prompts', title: 'Prompts', summary: 'Beginnings', tools: [shelve] }
  const index = buildReference(buildManifest([library], [prompts]), [library]).get('index.md')
  expect(index).toContain('| `shelve_book` | Puts a book on a shelf.')
  expect(index).toContain('`path`: Where \\| it is; `copies` (optional)')
  expect(index).toContain('| `dataset://{dataset_id}` |')
})

test('a page says when to use the tool and when another, with a link to that one', () => {
  expect(shelvePage).toContain('## When to use it\n\nPuts a book on a shelf.\n')
  expect(shelvePage).toContain('## When not\n\nUse [burn_book](burn_book.md) to be rid of it.\n')
  expect(pages.get('burn_book.md')).not.toContain('## When not')
})

test('a page gives parameters with types, bounds and defaults, at every depth', () => {
  expect(shelvePage).toContain('| `path` | path | yes |  | 1 to 4096 characters | Where \\| it is |')
  expect(shelvePage).toContain('| `copies` | integer | no | `1` | 1 to 9 |  |')
  expect(shelvePage).toContain('| `marks[].page` | integer | yes |  | 0 or more |  |')
})

test('a page gives the result, errors, effect, limits and the CID of the contract', () => {
  expect(shelvePage).toContain('| `shelf` | string | yes |  |')
  expect(shelvePage).toContain('| `NOT_FOUND` | no |')
  expect(shelvePage).toContain('| effect | create: adds something new |')
  expect(shelvePage).toContain('| time limit | 2 s |')
  expect(shelvePage).toContain(manifest.categories[0]?.tools[0]?.contract)
})

test('examples are printed as the calls that a client makes, in order, with what comes back', () => {
  const blocks = [...shelvePage.matchAll(/```json\n([^`]+)```/g)].map(([, text]) => JSON.parse(text ?? ''))
  expect(blocks).toEqual([
    { name: 'burn_book', arguments: { path: 'old' } },
    { name: 'shelve_book', arguments: { path: 'novel' } },
    { success: true, shelf: 'B2' }
  ])
})

test('variants of a parameter are told apart by the member that has one value', () => {
  const step = z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('limit'), count: z.int() }),
    z.strictObject({ type: z.literal('sort'), column: z.string() })
  ])
  const rows = schemaRows(z.toJSONSchema(z.strictObject({ steps: z.array(step) }), { io: 'input' }))
  expect(rows.map(({ name }) => name)).toEqual([
    'steps',
    'steps[]{type=limit}.type',
    'steps[]{type=limit}.count',
    'steps[]{type=sort}.type',
    'steps[]{type=sort}.column'
  ])
})

test('a sentence that names another tool in passing does not say when not', () => {
  const names = new Set(['a_tool', 'b_tool'])
  expect(splitUses('Does it, so that b_tool can go on. Not for files.', 'a_tool', names)).toEqual({
    use: ['Does it, so that b_tool can go on.'],
    avoid: ['Not for files.']
  })
})

test('text of a tool cannot break out of a table or of code', () => {
  expect(table(['a'], [['x | y\nz']])).toBe('| a |\n| --- |\n| x \\| y z |')
  expect(plain('<id>_x')).toBe('&lt;id>_x')
  expect(code('a`b')).toBe('`` a`b ``')
})

test('the check names what is missing, changed or of no tool, and is content with what was written', async () => {
  await using workspace = await createWorkspace()
  const folder = join(workspace.cwd, 'reference')
  expect(await staleFiles(pages, folder)).toEqual(['burn_book.md', 'index.md', 'shelve_book.md'])
  await writeReference(pages, folder)
  expect(await staleFiles(pages, folder)).toEqual([])
  await writeFile(join(folder, 'gone_tool.md'), 'old')
  await writeFile(join(folder, 'index.md'), 'changed')
  await rm(join(folder, 'burn_book.md'))
  expect(await staleFiles(pages, folder)).toEqual(['burn_book.md', 'gone_tool.md', 'index.md'])
  await writeReference(pages, folder)
  expect(await readFile(join(folder, 'index.md'), 'utf8')).toBe(pages.get('index.md'))
})

test('no page of the catalogue links to a page that is not there', async () => {
  const declared = await Promise.all(Object.values(categoryLoaders).map(load => load()))
  const all = buildReference(buildManifest(declared), declared)
  for (const text of all.values()) {
    for (const [, target] of text.matchAll(/\]\((\w+\.md)/g)) expect(all.has(target ?? '')).toBe(true)
  }
})
