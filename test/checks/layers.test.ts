/** The rules of the tree are held by Biome; here each is broken on purpose, in a small tree of its own, and must be named. */
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = new URL('../..', import.meta.url).pathname

/** A file that breaks a rule, the rule, and the words that it must say. */
const violations: [file: string, code: string, rule: string][] = [
  ['src/core/a.ts', "import '../services/blocks/api.ts'", 'noRestrictedImports'],
  ['src/core/b.ts', "import 'node:fs'", 'noRestrictedImports'],
  ['src/core/c.ts', "import 'node:fs/promises'", 'noRestrictedImports'],
  ['src/domain/text/a.ts', "import '../../services/blocks/api.ts'", 'noRestrictedImports'],
  ['src/domain/text/b.ts', "import '../../core/clock.ts'", 'noRestrictedImports'],
  ['src/protocol/wire/a.ts', "import '../../domain/text/a.ts'", 'noRestrictedImports'],
  ['src/services/blocks/a.ts', "import '../datasets/index.ts'", 'noRestrictedImports'],
  ['src/services/blocks/b.ts', "import '../../runtime/router.ts'", 'noRestrictedImports'],
  ['src/runtime/a.ts', "import '../services/blocks/index.ts'", 'noRestrictedImports'],
  ['src/runtime/b.ts', "import '../tools/index.ts'", 'noRestrictedImports'],
  ['src/tools/x_tools/a.ts', "import '../../services/blocks/index.ts'", 'noRestrictedImports'],
  ['src/tools/x_tools/b_b.ts', "import './a_a.ts'", 'noRestrictedImports'],
  ['src/tools/x_tools/c.ts', "import 'node:fs'", 'noRestrictedImports'],
  ['src/tools/x_tools/d.ts', "import '@modelcontextprotocol/server'", 'noRestrictedImports'],
  ['src/tools/x_tools/e.ts', 'export const env = process.env', 'noRestrictedGlobals'],
  ['src/compat/a.ts', "import '../runtime/router.ts'", 'noRestrictedImports'],
  ['src/compat/b.ts', "import 'node:fs'", 'noRestrictedImports'],
  ['src/core/g.ts', "import '../compat/old-names.ts'", 'noRestrictedImports'],
  ['src/tools/x_tools/f.ts', "import '../../compat/old-names.ts'", 'noRestrictedImports'],
  ['src/transports/a.ts', "import '../services/blocks/files.ts'", 'noRestrictedImports'],
  ['src/transports/b.ts', "import '../tools/index.ts'", 'noRestrictedImports'],
  ['src/ui/a.js', "import 'node:fs'", 'noRestrictedImports'],
  ['src/ui/b.js', "import '../core/errors.ts'", 'noRestrictedImports'],
  ['src/services/blocks/c.ts', "console.log('x')", 'noConsole'],
  ['src/core/d.ts', 'export const value: any = 1', 'noExplicitAny'],
  ['src/core/e.ts', "import { f } from './f.ts'\nexport const e = () => f", 'noImportCycles'],
  [
    'src/services/blocks/d.ts',
    'export async function f(): Promise<void> {}\nexport function g() {\n  f()\n}',
    'noFloatingPromises'
  ]
]

/** What the rules allow must stay allowed, or they would say nothing. */
const allowed: [file: string, code: string][] = [
  ['src/core/f.ts', "import { e } from './e.ts'\nexport const f = () => e"],
  [
    'src/services/blocks/ok.ts',
    "import '../datasets/api.ts'\nimport '../../core/tool.ts'\nimport './other.ts'\nimport 'node:fs'"
  ],
  [
    'src/tools/x_tools/ok.ts',
    "import '../../core/tool.ts'\nimport '../../domain/text/x.ts'\nimport '../../services/blocks/api.ts'"
  ],
  ['src/tools/x_tools/index.ts', "import './a_a.ts'"],
  ['src/tools/x_tools/shares.ts', "import './fields.ts'"],
  ['src/runtime/ok.ts', "import '../services/blocks/api.ts'\nimport './lanes/lane.ts'"],
  ['src/compat/ok.ts', "import '../core/errors.ts'"],
  ['src/runtime/ok2.ts', "import '../compat/explain.ts'"],
  ['src/ui/ok.js', "import './views/calls.js'"],
  ['src/transports/ok.ts', "import '../runtime/router.ts'\nimport 'node:http'"]
]

let directory: string
let found: Map<string, Set<string>>

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'layers-'))
  await cp(join(root, 'biome.json'), join(directory, 'biome.json'))
  for (const [file, code] of [...violations, ...allowed]) {
    await mkdir(dirname(join(directory, file)), { recursive: true })
    await writeFile(join(directory, file), `${code}\n`)
  }
  found = await lint(directory)
})

afterAll(() => rm(directory, { recursive: true, force: true }))

test.each(violations)('%s is refused: %s', (file, _code, rule) => {
  expect([...(found.get(file) ?? [])]).toContain(rule)
})

test.each(allowed)('%s keeps the layers and is allowed', file => {
  expect([...(found.get(file) ?? [])].filter(rule => rule === 'noRestrictedImports')).toEqual([])
})

/** File to the names of the rules that it breaks. */
async function lint(cwd: string): Promise<Map<string, Set<string>>> {
  const biome = join(root, 'node_modules/.bin/biome')
  const args = ['lint', '--reporter=json', '--max-diagnostics=none', '.']
  const output = await new Promise<string>(resolve => {
    execFile(biome, args, { cwd, maxBuffer: 1 << 26 }, (_error, stdout) => resolve(stdout))
  })
  const byFile = new Map<string, Set<string>>()
  for (const { category, location } of JSON.parse(output).diagnostics) {
    const file = String(location.path?.file ?? location.path)
    const rules = byFile.get(file) ?? new Set()
    byFile.set(file, rules.add(String(category).split('/').at(-1) ?? ''))
  }
  return byFile
}
