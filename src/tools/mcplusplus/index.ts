import type { Category } from '../../core/tool.ts'
import { bootstrapNetwork } from './bootstrap_network.ts'
import { p2pStatus } from './p2p_status.ts'
import { peerCallTool } from './peer_call_tool.ts'
import { peerConnect } from './peer_connect.ts'
import { peerDisconnect } from './peer_disconnect.ts'
import { peerDiscover } from './peer_discover.ts'
import { peerForget } from './peer_forget.ts'
import { peerHeartbeat } from './peer_heartbeat.ts'
import { peerInvite } from './peer_invite.ts'
import { peerJoin } from './peer_join.ts'
import { peerList } from './peer_list.ts'
import { peerMetrics } from './peer_metrics.ts'
import { queueClear } from './queue_clear.ts'
import { queuePause } from './queue_pause.ts'
import { queueResume } from './queue_resume.ts'
import { queueStats } from './queue_stats.ts'
import { taskBody } from './task_body.ts'
import { taskCancel } from './task_cancel.ts'
import { taskClaim } from './task_claim.ts'
import { taskComplete } from './task_complete.ts'
import { taskHeartbeat } from './task_heartbeat.ts'
import { taskList } from './task_list.ts'
import { taskPriority } from './task_priority.ts'
import { taskRelease } from './task_release.ts'
import { taskResult } from './task_result.ts'
import { taskRetry } from './task_retry.ts'
import { taskStatus } from './task_status.ts'
import { taskSubmit } from './task_submit.ts'
import { taskWait } from './task_wait.ts'
import { workerRegister } from './worker_register.ts'
import { workerStatus } from './worker_status.ts'
import { workerUnregister } from './worker_unregister.ts'

export const mcplusplus: Category = {
  id: 'mcplusplus',
  title: 'Tasks, workers and peers',
  summary: 'Queue work, follow it, run it as a worker; join other nodes and share the work',
  tools: [
    taskSubmit,
    taskStatus,
    taskWait,
    taskResult,
    taskBody,
    taskCancel,
    taskList,
    taskPriority,
    taskRetry,
    queueStats,
    queuePause,
    queueResume,
    queueClear,
    workerRegister,
    workerUnregister,
    workerStatus,
    taskClaim,
    taskHeartbeat,
    taskComplete,
    taskRelease,
    p2pStatus,
    peerList,
    peerDiscover,
    peerConnect,
    peerDisconnect,
    peerMetrics,
    peerHeartbeat,
    peerCallTool,
    bootstrapNetwork,
    peerInvite,
    peerJoin,
    peerForget
  ]
}
