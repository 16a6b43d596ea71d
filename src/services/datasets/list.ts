/** The datasets that there are, each by its newest version. */
import type { DatasetVersion, ListOptions } from './api.ts'
import type { Context } from './context.ts'

const DEFAULT_DATASETS = 50

export async function list({ store }: Context, { limit = DEFAULT_DATASETS, cursor }: ListOptions) {
  const ids = await store.ids()
  const after = cursor === undefined ? '' : Buffer.from(cursor, 'base64url').toString('utf8')
  const rest = ids.filter(id => id > after)
  const shown = rest.slice(0, limit)
  const datasets: DatasetVersion[] = await Promise.all(shown.map(id => store.find(id)))
  const last = rest.length > shown.length ? shown.at(-1) : undefined
  return {
    datasets,
    total: ids.length,
    nextCursor: last === undefined ? undefined : Buffer.from(last).toString('base64url')
  }
}
