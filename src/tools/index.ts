/** Every category, and how its code is imported. This list is the only registration there is. */
import type { CategoryLoaders } from '../core/catalog.ts'

export const categoryLoaders: CategoryLoaders = {
  meta: async () => (await import('./meta/index.ts')).meta,
  dataset_tools: async () => (await import('./dataset_tools/index.ts')).datasetTools,
  ipfs_tools: async () => (await import('./ipfs_tools/index.ts')).ipfsTools
}
