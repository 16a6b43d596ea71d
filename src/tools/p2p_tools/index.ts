import type { Category } from '../../core/tool.ts'
import { p2pCacheDelete } from './p2p_cache_delete.ts'
import { p2pCacheGet } from './p2p_cache_get.ts'
import { p2pCacheHas } from './p2p_cache_has.ts'
import { p2pCacheSet } from './p2p_cache_set.ts'
import { p2pRemoteCacheDelete } from './p2p_remote_cache_delete.ts'
import { p2pRemoteCacheGet } from './p2p_remote_cache_get.ts'
import { p2pRemoteCacheHas } from './p2p_remote_cache_has.ts'
import { p2pRemoteCacheSet } from './p2p_remote_cache_set.ts'
import { p2pRemoteCallTool } from './p2p_remote_call_tool.ts'
import { p2pRemoteStatus } from './p2p_remote_status.ts'
import { p2pRemoteSubmitTask } from './p2p_remote_submit_task.ts'
import { p2pServiceStatus } from './p2p_service_status.ts'
import { p2pTaskDelete } from './p2p_task_delete.ts'
import { p2pTaskGet } from './p2p_task_get.ts'
import { p2pTaskSubmit } from './p2p_task_submit.ts'

export const p2pTools: Category = {
  id: 'p2p_tools',
  title: 'Cache, plain tasks, and the same on peers',
  summary: 'Cache values under keys, submit and read tasks plainly, here or on a peer',
  tools: [
    p2pCacheGet,
    p2pCacheHas,
    p2pCacheSet,
    p2pCacheDelete,
    p2pTaskSubmit,
    p2pTaskGet,
    p2pTaskDelete,
    p2pServiceStatus,
    p2pRemoteStatus,
    p2pRemoteCallTool,
    p2pRemoteSubmitTask,
    p2pRemoteCacheGet,
    p2pRemoteCacheHas,
    p2pRemoteCacheSet,
    p2pRemoteCacheDelete
  ]
}
