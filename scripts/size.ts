/** What the package weighs, its biggest files, and apart from it what npm installs beside it on this kind of machine. */
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pack } from './pack.ts'

const SHOWN = 10
const root = fileURLToPath(new URL('..', import.meta.url))

const { files, unpackedSize } = pack()
console.log(`package: ${mb(unpackedSize)} unpacked, ${files.length} files`)
const folders = Map.groupBy(files, ({ path }) => (path.includes('/') ? `${path.split('/')[0]}/` : 'at the top'))
show([...folders].map(([name, members]) => [name, members.reduce((sum, { size }) => sum + size, 0)]))
console.log('\nits biggest files')
show(files.map(({ path, size }) => [path, size]))

const dependencies = installedFor(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages)
const total = dependencies.reduce((sum, [, bytes]) => sum + bytes, 0)
console.log(`\nits dependencies, installed beside it: ${mb(total)}, ${dependencies.length} packages`)
show(dependencies)

/** Those of a production install, of which this kind of machine may leave out optional ones. */
function installedFor(packages: Record<string, { dev?: boolean }>): [name: string, bytes: number][] {
  return Object.entries(packages)
    .filter(([path, { dev }]) => path !== '' && !dev && existsSync(join(root, path)))
    .map(([path]) => [path.replace('node_modules/', ''), bytesIn(join(root, path))])
}

/** Without the packages inside it, which are counted by themselves. */
function bytesIn(folder: string): number {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== 'node_modules')
    .reduce((sum, entry) => {
      const path = join(folder, entry.name)
      return sum + (entry.isDirectory() ? bytesIn(path) : lstatSync(path).size)
    }, 0)
}

function show(rows: [name: string, bytes: number][]): void {
  for (const [name, bytes] of rows.sort((a, b) => b[1] - a[1]).slice(0, SHOWN)) {
    console.log(`${mb(bytes).padStart(10)}  ${name}`)
  }
}

function mb(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(2)} MB`
}
