/** News of datasets as a client that listens meets them, in both eras and over both transports. */
import { describe, expect, test } from 'vitest'
import {
  type Connection,
  connectHttp,
  connectStdio,
  createWorkspace,
  type Era,
  startHttp
} from '../helpers/processes.ts'

const ROWS = [{ name: 'Ada' }, { name: 'Grace' }]

/** What a client hears, in order, once it watches `dataset://people` and the list. */
async function watch({ client }: Connection, era: Era) {
  const heard: string[] = []
  const waiting = new Set<() => void>()
  const hear = (what: string) => {
    heard.push(what)
    for (const look of waiting) look()
  }
  client.setNotificationHandler('notifications/resources/updated', ({ params }) => hear(params.uri))
  client.setNotificationHandler('notifications/resources/list_changed', () => hear('list'))
  const uri = 'dataset://people'
  if (era === 'legacy') await client.subscribeResource({ uri })
  else await client.listen({ resourcesListChanged: true, resourceSubscriptions: [uri] })
  const until = (count: number) =>
    new Promise<string[]>(resolve => {
      const look = () => {
        if (heard.length < count) return
        waiting.delete(look)
        resolve([...heard])
      }
      waiting.add(look)
      look()
    })
  return { until, heard }
}

/** A new dataset, two more that nobody watches, then a second version of the first. */
async function change({ call }: Connection): Promise<void> {
  const made = [
    await call('load_dataset', { source: ROWS, options: { dataset_id: 'people' } }),
    await call('load_dataset', { source: ROWS, options: { dataset_id: 'other' } }),
    await call('load_dataset', { source: ROWS, options: { dataset_id: 'other' } }),
    await call('load_dataset', { source: [], options: { dataset_id: 'people' } }),
    await call('load_dataset', { source: [{ name: 'Alan' }], options: { dataset_id: 'people' } })
  ]
  expect(made.map(({ success, version }) => (success ? version : 'failed'))).toEqual([1, 1, 2, 'failed', 2])
}

const NEWS = ['list', 'dataset://people', 'list', 'dataset://people']

describe.each<[string, Era]>([
  ['2026-07-28', 'modern'],
  ['2025-11-25', 'legacy']
])('%s', (_version, era) => {
  test('over stdio a client hears of datasets that appear, and of each new version of the one that it watches', async () => {
    await using workspace = await createWorkspace()
    await using alice = await connectStdio(workspace, era)
    const { until } = await watch(alice, era)
    await change(alice)
    expect(await until(NEWS.length)).toEqual(NEWS)
  })

  test('over HTTP it hears of what others change', async () => {
    await using workspace = await createWorkspace()
    await using server = await startHttp(workspace)
    await using alice = await connectHttp(server, era)
    await using bob = await connectHttp(server, 'modern')
    const { until, heard } = await watch(alice, era)
    // The stream of a session opens beside its first requests; until it is open there is nobody to tell.
    for (let probe = 0; heard.length === 0; probe++) {
      expect(probe).toBeLessThan(100)
      await bob.call('load_dataset', { source: ROWS, options: { dataset_id: `probe${probe}` } })
    }
    const before = await until(1)
    await change(bob)
    expect((await until(before.length + NEWS.length)).slice(-4)).toEqual(NEWS)
  })
})
