/** The tools as the manifest of this program knows them: what is said of them needs neither data directory nor their code. */
import { type Catalog, createCatalog, type Manifest } from '../core/catalog.ts'
import manifest from '../manifest.json' with { type: 'json' }

export function knownTools(): Catalog {
  // JSON has no literal types; the manifest is written by a script from typed declarations and checked for freshness.
  return createCatalog(manifest as unknown as Manifest, {}, () => undefined)
}

/** Names of other servers are explained as the dispatcher does it. */
export async function explained<T>(look: () => T): Promise<T> {
  try {
    return look()
  } catch (error) {
    const { withAdvice } = await import('../runtime/advice.ts')
    throw await withAdvice(error, knownTools())
  }
}
