import type { Category } from '../../core/tool.ts'
import { queueClear } from './queue_clear.ts'
import { queuePause } from './queue_pause.ts'
import { queueResume } from './queue_resume.ts'
import { queueStats } from './queue_stats.ts'
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
  title: 'Tasks and workers',
  summary: 'Queue work, follow it, run it as a worker',
  tools: [
    taskSubmit,
    taskStatus,
    taskWait,
    taskResult,
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
    taskRelease
  ]
}
