/** Pages of tasks that keep to the bytes that a result may have. */
import type { Queue, TaskPage, TaskQuery } from '../services/queue/api.ts'
import { toTask, within } from './task-view.ts'

/** Leaves room in a result of the default size. */
const PAGE_CHARACTERS = 90_000

/** The page, or as much of its beginning as a result holds; its cursor then leads to the rest. */
export async function taskPage(
  queue: Pick<Queue, 'list'>,
  query: TaskQuery
): Promise<Omit<TaskPage, 'tasks'> & { tasks: ReturnType<typeof toTask>[] }> {
  for (let limit = query.limit; ; ) {
    const { tasks, ...page } = await queue.list({ ...query, ...(limit !== undefined && { limit }) })
    const views = tasks.map(toTask)
    const shown = within(views, PAGE_CHARACTERS)
    if (shown.length === views.length) return { ...page, tasks: views }
    // Asked again for so many only, so that the cursor is the one after them.
    limit = Math.max(1, shown.length)
  }
}
