/** What workers in other processes ask of the process that owns the data directory. Reached by our own workers, and in no list of tools. */
import type { Category } from '../../core/tool.ts'
import { taskRun } from './task_run.ts'

export const workers: Category = {
  id: 'workers',
  title: 'Workers',
  summary: 'Run claimed tasks where the services are',
  tools: [taskRun]
}
