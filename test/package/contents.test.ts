/** What the tarball holds. It is made of dist/ and types/ as they are: `npm run prepare` makes them anew. */
import { readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { expect, test } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { pack } from '../../scripts/pack.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const MAX_BYTES = 5_000_000
const { files, unpackedSize } = pack()
const paths = files.map(({ path }) => path)
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const inDist = paths.filter(path => /^dist\/.*\.js$/.test(path))

test('the package without its dependencies takes at most 5 MB', () => {
  expect(unpackedSize).toBeLessThanOrEqual(MAX_BYTES)
})

test('nothing is packed but the program, its types, its documentation and its licences', () => {
  const expected =
    /^(bin\/ipfs-datasets-mcp\.js|dist\/[\w-]+\.js|dist\/ui\/[\w-]+\.(html|css|js|svg)|dist\/manifest\/\w+\.json|dist\/third-party-licences\.txt|types\/.+\.d\.ts|docs\/.+\.(md|png|json)|[A-Z-]+(\.md)?|package\.json)$/
  expect(paths.filter(path => !expected.test(path))).toEqual([])
  expect(paths).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'bin/ipfs-datasets-mcp.js', 'dist/main.js']))
})

test('what package.json points to is packed', () => {
  const { types, default: main } = manifest.exports['.']
  for (const path of [types, main, manifest.bin['ipfs-datasets-mcp'], manifest.types])
    expect(paths).toContain(path.replace(/^\.\//, ''))
})

test('publint has nothing to say', async () => {
  // Its files are those of the tarball; by itself it would run the scripts of the package.
  const { messages, pkg } = await publint({
    pkgDir: root,
    strict: true,
    pack: { files: files.map(({ path }) => ({ name: join(root, path), data: readFileSync(join(root, path)) })) }
  })
  expect(messages.map(message => formatMessage(message, pkg, { color: false }))).toEqual([])
})

test('the program imports only what npm installs with it', () => {
  const installed = Object.keys(manifest.dependencies)
  const imported = new Set(inDist.flatMap(path => importsOf(read(path)).filter(name => !name.startsWith('.'))))
  const missing = [...imported].filter(
    name => !isBuiltin(name) && !installed.some(one => name === one || name.startsWith(`${one}/`))
  )
  expect(imported).toContain('@duckdb/node-api')
  // ws does without these two, which make it faster where somebody installs them.
  expect(missing.filter(name => !['bufferutil', 'utf-8-validate'].includes(name))).toEqual([])
})

test('every part of the program that another one loads is packed', () => {
  const loaded = inDist.flatMap(path =>
    importsOf(read(path))
      .filter(name => name.startsWith('.'))
      .map(name => posix.join(dirname(path), name))
  )
  expect(loaded.length).toBeGreaterThan(100)
  expect(loaded.filter(path => !paths.includes(path))).toEqual([])
})

test('the declarations name no package that is not installed', () => {
  const named = paths
    .filter(path => path.endsWith('.d.ts'))
    .flatMap(path =>
      [...read(path).matchAll(/(?:from|import\()\s*['"]([^.'"][^'"]*)['"]/g)].map(([, name = '']) => name)
    )
  expect(new Set(named.map(name => name.split('/')[0]))).toEqual(new Set(['zod', 'multiformats']))
})

test('the licence of every bundled package goes with it', () => {
  const notices = read('dist/third-party-licences.txt')
  for (const name of ['zod', 'libp2p', 'yaml', 'multiformats', '@chainsafe/libp2p-noise', 'ws'])
    expect(notices).toMatch(new RegExp(`^${name} \\d`, 'm'))
  expect(notices).not.toMatch(/\((undefined|UNLICENSED|A?GPL.*)\)$/m)
})

test('the links of the README lead to what is packed', () => {
  const links = [...read('README.md').matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path = '']) => path)
  // CONTRIBUTING.md is for those who have the repository.
  expect(links.filter(path => !paths.includes(path))).toEqual(['CONTRIBUTING.md'])
})

/** Static and dynamic imports, and the modules that threads are started with. */
function importsOf(code: string): string[] {
  const patterns = [
    /(?:^|[;}])(?:import|export)(?:[\w$*{},\s]*?\bfrom)?"([^"]+)"/g,
    /\bimport\("([^"]+)"\)/g,
    /\b(?:require|__require)\("([^"]+)"\)/g,
    /new URL\([`"](\.[^`"]+\.js)[`"],import\.meta\.url\)/g
  ]
  return patterns.flatMap(pattern => [...code.matchAll(pattern)].map(([, name = '']) => name))
}
