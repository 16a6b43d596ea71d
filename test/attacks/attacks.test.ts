/** `ATTACKS=20000 npm run attacks` makes more of them; `SEED` repeats a run. */
import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { nameOf, openRegistryArena, runCampaign, slots } from './campaign.ts'
import { fill } from './slots.ts'

const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 31)

test('attacks on every path, URL, SQL, CID and pattern of every tool read, reach, make and break nothing', async () => {
  // Each slot at least once.
  const campaign = await runCampaign(Math.max(300, slots.length), SEED)
  expect(campaign.failures, `SEED=${SEED}`).toEqual([])
  expect(Object.keys(campaign.outcomes).sort()).toEqual([...new Set(slots.map(nameOf))].sort())
}, 300_000)

test('the slots under attack are found by the schemas of the registry', () => {
  const formats = new Set(slots.map(slot => slot.format))
  expect([...formats].sort()).toEqual(
    [
      'regex',
      'text',
      'x-cid',
      'x-cid-path',
      'x-dataset-id',
      'x-multiaddr',
      'x-path',
      'x-peer-id',
      'x-source',
      'x-sql',
      'x-url'
    ].sort()
  )
})

test('a URL that is allowed cannot redirect to one that is not', async () => {
  await using arena = await openRegistryArena({
    IPFS_DATASETS_MCP_FETCH__ALLOW_HTTP: 'true',
    IPFS_DATASETS_MCP_FETCH__ALLOW_LOOPBACK: 'true'
  })
  const forbidden = [
    'http://10.0.0.1/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[fe80::1]/',
    'http://[::ffff:192.168.1.1]/',
    `file://${arena.targets.canaryFile}`,
    'ftp://127.0.0.1/',
    'http://user:pass@127.0.0.1/',
    'data:text/csv,a%0A1',
    'http://0xa.1/'
  ]
  let asked = 0
  const server = createServer((request, response) => {
    asked++
    response.writeHead(302, { location: forbidden[Number(/\d+/.exec(request.url ?? '')?.[0])] ?? '/' }).end()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const base = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
  try {
    const takers = slots.filter(
      ({ format, steps, isUnlisted }) => format === 'x-source' && steps.length > 0 && !isUnlisted
    )
    for (const slot of takers) {
      for (const index of forbidden.keys()) {
        const args = fill(slot.schema, slot.steps, `${base}/${index}.csv`, (_schema, name) =>
          name === 'operations' ? [{ type: 'limit', count: 1 }] : undefined
        )
        expect(await arena.invoke({ tool: slot.tool, args }), forbidden[index]).toMatchObject({
          error: 'URL_FORBIDDEN'
        })
      }
    }
    expect(asked).toBe(takers.length * forbidden.length)
    expect(await arena.inspect()).toEqual([])
  } finally {
    server.closeAllConnections()
    server.close()
  }
})
