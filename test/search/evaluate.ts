/** How well a search does on the frozen tasks: the share of each half whose tool is among the first five. */
import type { ToolSearch } from '../../src/domain/search/search.ts'
import { type Half, halfOf, type SearchTask, searchTasks } from './tasks.ts'

const FIRST = 5

export interface Evaluation {
  half: Half
  tasks: number
  /** Shares of the tasks whose tool is first, or among the first five. */
  first: number
  firstFive: number
  missed: { task: SearchTask; found: string[] }[]
}

export function evaluate(search: ToolSearch, half: Half): Evaluation {
  const tasks = searchTasks.filter(task => halfOf(task) === half)
  const answers = tasks.map(task => ({
    task,
    found: search.search(task.task, { limit: FIRST }).hits.map(({ name }) => name)
  }))
  const share = (isFound: (answer: (typeof answers)[number]) => boolean) =>
    answers.filter(isFound).length / tasks.length
  return {
    half,
    tasks: tasks.length,
    first: share(({ task, found }) => found.slice(0, 1).some(name => task.expect.includes(name))),
    firstFive: share(({ task, found }) => found.some(name => task.expect.includes(name))),
    missed: answers.filter(({ task, found }) => !found.some(name => task.expect.includes(name)))
  }
}
