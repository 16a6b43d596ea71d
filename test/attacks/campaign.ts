/** Attacks of a seed, one after the other, on every slot of every tool of the registry. */
import fc from 'fast-check'
import type { Manifest } from '../../src/core/catalog.ts'
import generated from '../../src/manifest.json' with { type: 'json' }
import { type Call, openArena } from './arena.ts'
import { attackOn, type Targets } from './payloads.ts'
import { bombed, poisoned } from './poison.ts'
import { type Benign, fill, findSlots, type Slot, withNeighbour } from './slots.ts'

// JSON has no literal types; the manifest is written by a script from typed declarations.
const manifest = generated as unknown as Manifest
export const slots = findSlots(manifest)

export interface Campaign {
  seed: number
  runs: number
  /** Everything that went wrong, with the call that did it. */
  failures: string[]

  /** For every slot, how many attacks ended in each code. */
  outcomes: Record<string, Record<string, number>>
}

export const nameOf = ({ tool, format }: Slot) => `${tool} ${format}`

export const openRegistryArena = (env: Record<string, string> = {}) => {
  const limits = new Map(
    [...manifest.categories, ...(manifest.unlisted ?? [])].flatMap(({ tools }) =>
      tools.map(tool => [tool.name, tool.limits.resultBytes])
    )
  )
  return openArena({ env: env, resultBytes: tool => limits.get(tool) ?? 0 })
}

export async function runCampaign(runs: number, seed: number, onProgress = (_done: number) => {}): Promise<Campaign> {
  await using arena = await openRegistryArena()
  const campaign: Campaign = { seed, runs, failures: [], outcomes: {} }
  // The slots come in turn, so that few runs reach all of them.
  const perSlot = slots.map((slot, index) =>
    fc.sample(callsOn(slot, arena.targets), { seed: seed + index, numRuns: Math.ceil(runs / slots.length) })
  )
  for (let run = 0; run < runs; run++) {
    const at = run % slots.length
    const call = perSlot[at]?.[Math.floor(run / slots.length)]?.()
    const slot = slots[at]
    if (!call || !slot) continue
    const { wrong, code } = await arena.attack(call)
    if (wrong.length > 0) campaign.failures.push(`${wrong.join(', ')}: ${show(call)}`)
    const counts = campaign.outcomes[nameOf(slot)] ?? {}
    campaign.outcomes[nameOf(slot)] = { ...counts, [code]: (counts[code] ?? 0) + 1 }
    if (run % 500 === 499) onProgress(run + 1)
  }
  campaign.failures.push(...(await arena.inspect()))
  return campaign
}

/** Calls that are made when their turn comes: a bomb is too large to keep many of. */
function callsOn(slot: Slot, targets: Targets): fc.Arbitrary<() => Call> {
  const mapped = fc
    .tuple(attackOn(slot.format, targets), fc.nat(1e9), fc.option(fc.nat(9)))
    .map(([value, serial, neighbour]) => {
      const others = benign(targets, serial, slot.format)
      const input = fill(slot.schema, slot.steps, value, others)
      return neighbour === null ? input : withNeighbour(slot.schema, input, neighbour, others)
    })
  const shaped = fc.tuple(mapped, fc.oneof({ weight: 3, arbitrary: poisoned }, bombed)).map(
    ([input, change]) =>
      () =>
        change(input)
  )
  const args = fc.oneof({ weight: 6, arbitrary: mapped.map(input => () => input) }, shaped)
  return fc.tuple(args, fc.integer({ min: 0, max: 9 })).map(([make, way]) => () => {
    if (way > 1 || slot.isUnlisted) return { tool: slot.tool, args: make() }
    if (way === 1) return { tool: 'tools_dispatch', args: { ...Object(make()), tool: slot.tool } }
    return { tool: 'tools_dispatch', args: { category: slot.category, tool: slot.tool, params: make() } }
  })
}

/** The CID of bytes that nobody has. */
const ABSENT = 'bafkreidivzimqfqtoqxkrpge6bjyhlvxqs3rhe73owtmdulaxr5do5in7u'

/** What lets a call through to the slot under attack. */
function benign({ cid }: Targets, serial: number, attacked: string): Benign {
  return (schema, name) => {
    switch (schema.format) {
      case 'x-path':
        return name.startsWith('output') || name === 'destination' ? `out-${serial}.csv` : 'people.csv'
      case 'x-source':
        return 'victim'
      case 'x-sql':
        return 'SELECT * FROM dataset'
      case 'x-cid':
      case 'x-cid-path':
        // A gateway is asked only for what is not here.
        return attacked === 'x-url' ? ABSENT : cid
      case 'x-dataset-id':
        return 'people'
      case 'x-url':
        return 'https://127.0.0.1/'
    }
    // The arguments that are completed from what is here.
    if (name === 'name' && attacked === 'text') return serial % 2 === 0 ? 'dataset_id' : 'cid'
    if (name === 'wait_s') return 0.01
    if (name === 'condition') return 'regex'
    return name === 'on' || name === 'column' ? 'name' : undefined
  }
}

/** Enough of a call to know it again; the seed repeats all of it. */
export function show(call: Call): string {
  let text: string
  try {
    text = JSON.stringify(call)
  } catch {
    text = `${call.tool} with an input too deep to print`
  }
  return text.length > 600 ? `${text.slice(0, 600)}… (${text.length} characters)` : text
}
