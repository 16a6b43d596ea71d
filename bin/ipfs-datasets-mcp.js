#!/usr/bin/env node
/**
 * Starts the program under a Node that is new enough: this one, or the one that the project brings.
 * Plain JavaScript that any Node from 20 on can read.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import module, { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const OLDEST_NODE = 24

if (Number.parseInt(process.versions.node, 10) >= OLDEST_NODE) {
  module.enableCompileCache()
  await import('../dist/main.js')
} else {
  const node = findOwnNode()
  if (node) runUnder(node)
  else {
    process.stderr.write(
      `ipfs-datasets-mcp needs Node ${OLDEST_NODE} or newer and this is ${process.version}: install it, or run "npm install node@${OLDEST_NODE}" beside this package ("npm ci" in a checkout)\n`
    )
    process.exitCode = 1
  }
}

/** The binary of the npm package `node`, next to this package or above it. */
function findOwnNode() {
  try {
    const manifest = createRequire(import.meta.url).resolve('node/package.json')
    const binary = join(dirname(manifest), 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
    return existsSync(binary) ? binary : undefined
  } catch {
    return undefined
  }
}

/** Hands stdio through as it is; passes on the signals that ask to stop, and the way the child ended. */
function runUnder(node) {
  const child = spawn(node, process.argv.slice(1), { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', error => {
    process.stderr.write(`ipfs-datasets-mcp: ${node} could not be started: ${error.message}\n`)
    process.exitCode = 1
  })
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal ? 1 : 0)
  })
}
