import type { Category } from '../../core/tool.ts'
import { p2pCacheDelete } from './p2p_cache_delete.ts'
import { p2pCacheGet } from './p2p_cache_get.ts'
import { p2pCacheHas } from './p2p_cache_has.ts'
import { p2pCacheSet } from './p2p_cache_set.ts'
import { p2pTaskDelete } from './p2p_task_delete.ts'
import { p2pTaskGet } from './p2p_task_get.ts'
import { p2pTaskSubmit } from './p2p_task_submit.ts'

export const p2pTools: Category = {
  id: 'p2p_tools',
  title: 'Cache and plain tasks',
  summary: 'Cache values under keys; submit and read tasks plainly',
  tools: [p2pCacheGet, p2pCacheHas, p2pCacheSet, p2pCacheDelete, p2pTaskSubmit, p2pTaskGet, p2pTaskDelete]
}
