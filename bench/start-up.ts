/**
 * From spawn to the answer of `tools/list` over stdio, and the memory that the process holds then: the built server with its whole
 * catalogue, with an empty compile cache, beside the SDK's server with one tool. The launcher is measured from this Node and, where
 * the machine has one, from a Node too old to run the server.
 */
import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Bench, rounds } from './bench.ts'
import { type Figure, type Pair, plainFigure, ratioFigure } from './figures.ts'
import { findOldNode } from './old-node.ts'
import { startAndList } from './stdio-start.ts'

const ROUNDS = 15
const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const LAUNCHER = fileURLToPath(new URL('../bin/ipfs-datasets-mcp.js', import.meta.url))
const RIVAL = fileURLToPath(new URL('rival-stdio.js', import.meta.url))

interface Side {
  what: string
  command: string[]
  atMost: number
}

export const startUp: Bench = async ({ scratch, say }) => {
  const serve = ['serve', '--data-dir', join(scratch, 'data')]
  const sides: Side[] = [
    { what: 'start → tools/list', command: [process.execPath, MAIN, ...serve], atMost: 0.65 },
    { what: 'the same through the launcher', command: [process.execPath, LAUNCHER, ...serve], atMost: 0.65 }
  ]
  const old = await findOldNode()
  if (old) {
    say(`old Node: ${old.version}`)
    sides.push({
      what: `the same from Node ${old.version}`,
      command: [old.path, LAUNCHER, ...serve],
      atMost: 1.15
    })
  } else say('no Node older than 24 found on the path: the launcher from an old Node is left out')

  /** Each start gets a new temporary directory, where Node would keep its compile cache. */
  const start = async (command: string[]) => startAndList(command, await mkdtemp(join(scratch, 'tmp-')))
  const measured = new Map<string, Awaited<ReturnType<typeof start>>[]>()
  const record = async (what: string, command: string[]) => {
    const samples = measured.get(what) ?? []
    measured.set(what, [...samples, await start(command)])
  }
  const rival = [process.execPath, RIVAL]
  // One of each unmeasured, so that every file is in the page cache.
  await start(rival)
  const working: Side[] = []
  for (const side of sides) {
    const problem = await start(side.command).then(() => undefined, String)
    if (problem === undefined) working.push(side)
    else say(`MISSED: ${side.what}: ${problem}`)
  }
  await rounds(ROUNDS, {
    rival: () => record('rival', rival),
    ...Object.fromEntries(working.map(({ what, command }) => [what, () => record(what, command)]))
  })

  const rivals = measured.get('rival') ?? []
  return working.flatMap(({ what, atMost }) => {
    const own = measured.get(what) ?? []
    const pairs: Pair[] = own.map(({ ms }, round) => ({ ours: ms, rival: rivals[round]?.ms ?? Number.NaN }))
    return [
      ratioFigure(what, 'ms', 'SDK', pairs, { atMost }),
      ...memoryFigures(
        what,
        own.map(({ memoryMb }) => memoryMb)
      )
    ]
  })
}

/** The process that serves, and the launcher above it if that stayed. */
function memoryFigures(what: string, samples: readonly number[][]): Figure[] {
  const depth = samples[0]?.length ?? 0
  return Array.from({ length: depth }, (_, level) => {
    const isServer = level === depth - 1
    return plainFigure(
      `resident memory then: ${isServer ? 'the server' : 'the launcher'} (${what})`,
      'MB',
      samples.flatMap(sample => sample[level] ?? []),
      { atMost: isServer ? 75 : 45 }
    )
  })
}
