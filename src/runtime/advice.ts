/** What clients of another server ask for in vain is explained; its table is loaded only then. */
import { type Catalog, UnknownNameError } from '../core/catalog.ts'

export async function withAdvice(thrown: unknown, catalog: Pick<Catalog, 'has'>): Promise<unknown> {
  if (!(thrown instanceof UnknownNameError)) return thrown
  const { explainUnknown } = await import('../compat/explain.ts')
  return explainUnknown(thrown, catalog)
}
