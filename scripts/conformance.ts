/** Runs both requirement sets of the conformance suite over HTTP, stdio and streams of peers, and prints what became of each scenario. */
import { createConformanceServer } from '../test/conformance/fixture-server.ts'
import { createP2pBridge } from '../test/conformance/p2p-bridge.ts'
import { judge, REVISIONS } from '../test/conformance/referee.ts'
import { createStdioBridge } from '../test/conformance/stdio-bridge.ts'

const servers = { HTTP: createConformanceServer, stdio: createStdioBridge, '/mcp+p2p/1.0.0': createP2pBridge }
let isConforming = true

for (const [transport, create] of Object.entries(servers)) {
  for (const revision of REVISIONS) {
    const server = create(0)
    await server.start()
    const verdicts = await judge(server.url ?? '', revision)
    await server.stop()
    console.log(`\n${revision} over ${transport}`)
    for (const { scenario, isScored, passed, failures } of verdicts) {
      const mark = failures.length === 0 ? 'pass' : 'FAIL'
      console.log(`  ${mark}  ${scenario} (${passed} checks${isScored ? '' : ', not scored'})`)
      for (const failure of isScored ? failures : []) console.log(`        ${failure}`)
    }
    const scored = verdicts.filter(verdict => verdict.isScored)
    const passing = scored.filter(verdict => verdict.failures.length === 0)
    console.log(`  ${passing.length} of ${scored.length} scored scenarios pass`)
    if (passing.length < scored.length) isConforming = false
  }
}
process.exitCode = isConforming ? 0 : 1
