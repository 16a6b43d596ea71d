import type { Category } from '../../core/tool.ts'
import { cacheClear } from './cache_clear.ts'
import { cacheDelete } from './cache_delete.ts'
import { cacheEmbeddings } from './cache_embeddings.ts'
import { cacheGet } from './cache_get.ts'
import { cacheSet } from './cache_set.ts'
import { cacheStats } from './cache_stats.ts'
import { getCacheStats } from './get_cache_stats.ts'
import { getCachedEmbeddings } from './get_cached_embeddings.ts'
import { manageCache } from './manage_cache.ts'
import { monitorCache } from './monitor_cache.ts'
import { optimizeCache } from './optimize_cache.ts'

export const cacheTools: Category = {
  id: 'cache_tools',
  title: 'Cache with namespaces',
  summary: 'Cache values and embeddings in namespaces, look at the cache and tidy it',
  tools: [
    cacheGet,
    cacheSet,
    cacheDelete,
    cacheClear,
    cacheStats,
    getCacheStats,
    monitorCache,
    optimizeCache,
    manageCache,
    cacheEmbeddings,
    getCachedEmbeddings
  ]
}
