/**
 * Many attacks on every tool, then thousands of silent connections beside an honest client. `ATTACKS` and `CONNECTIONS` say how many,
 * `SEED` repeats a run.
 */
import { runCampaign } from '../test/attacks/campaign.ts'
import { gatherCrowd } from '../test/attacks/silence.ts'
import { connectHttp, createWorkspace, startHttp } from '../test/helpers/processes.ts'

const runs = Number(process.env.ATTACKS ?? 20_000)
const silent = Number(process.env.CONNECTIONS ?? 10_000)
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)

console.log(`${runs} attacks, SEED=${seed}`)
const { failures, outcomes } = await runCampaign(runs, seed, done => console.log(`  ${done}`))
for (const [slot, counts] of Object.entries(outcomes).sort()) {
  console.log(
    `  ${slot}: ${Object.entries(counts)
      .map(([code, times]) => `${code} ${times}`)
      .join(', ')}`
  )
}
for (const failure of failures) console.error(`FAIL ${failure}`)
console.log(`${failures.length} of ${runs} attacks did harm`)

const isServed = await serveBesideCrowd()
process.exitCode = failures.length === 0 && isServed ? 0 : 1

async function serveBesideCrowd(): Promise<boolean> {
  await using workspace = await createWorkspace()
  await using server = await startHttp(workspace)
  using crowd = await gatherCrowd(Number(new URL(server.url).port), silent)
  await using honest = await connectHttp(server)
  const startedAt = performance.now()
  const answers = []
  for (let call = 0; call < 100; call++) answers.push(await honest.call('list_datasets'))
  const served = answers.filter(answer => answer.success).length
  const milliseconds = Math.round(performance.now() - startedAt)
  console.log(
    `${served} of 100 honest calls answered in ${milliseconds} ms beside ${crowd.connected()} silent connections`
  )
  return served === 100
}
