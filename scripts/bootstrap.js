/**
 * Runs a script of the project under its own Node in any checkout: installs what is missing, builds, and hands over.
 * Plain JavaScript without dependencies, since it is the first thing that runs in a fresh clone, on any Node from 20 on.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const bin = join(root, 'node_modules', '.bin')
const ownNode = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` }

if (!isInstalled()) run('npm', ['ci', '--no-audit', '--no-fund'])
run(ownNode, [join(root, 'scripts', 'build.js')])
run(ownNode, process.argv.slice(2))

/** npm writes what it installed into a hidden lockfile; a package that differs from ours means the install is old. */
function isInstalled() {
  const installed = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(installed) || !existsSync(ownNode)) return false
  const wanted = Object.entries(readLock(join(root, 'package-lock.json'))).filter(
    ([path, entry]) => path && !entry.optional
  )
  const present = readLock(installed)
  return wanted.every(([path, entry]) => present[path]?.version === entry.version)
}

function readLock(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    env,
    stdio: 'inherit',
    shell: process.platform === 'win32'
  })
  if (error) console.error(`${command} could not be started: ${error.message}`)
  if (status !== 0) process.exit(status ?? 1)
}
