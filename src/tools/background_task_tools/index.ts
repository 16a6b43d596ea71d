import type { Category } from '../../core/tool.ts'
import { checkTaskStatus } from './check_task_status.ts'
import { getTaskStatus } from './get_task_status.ts'
import { manageBackgroundTask } from './manage_background_task.ts'
import { manageBackgroundTasks } from './manage_background_tasks.ts'
import { manageTaskQueue } from './manage_task_queue.ts'

export const backgroundTaskTools: Category = {
  id: 'background_task_tools',
  title: 'Background tasks',
  summary: 'Tasks of the same queue, under the names that earlier clients know',
  tools: [checkTaskStatus, getTaskStatus, manageBackgroundTask, manageBackgroundTasks, manageTaskQueue]
}
