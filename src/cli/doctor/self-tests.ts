/** Each service does its work once, in a data directory that exists only for this. What was written is read back. */
import type { Call } from '../calling.ts'
import { type Finding, failed, fine } from './check.ts'

export interface SelfTest {
  id: string
  title: string
  /** Answers what was wrong, or nothing. */
  run(call: Call): Promise<string | undefined>
}

const PEOPLE = [
  { born: 1815, name: 'Ada' },
  { born: 1912, name: 'Alan' }
]

export const selfTests: readonly SelfTest[] = [
  {
    id: 'service-catalog',
    title: 'The catalogue of tools',
    async run(call) {
      const { categories } = await call('tools_list_categories', {})
      return Array.isArray(categories) && categories.length > 0 ? undefined : 'it lists nothing'
    }
  },
  {
    id: 'service-blocks',
    title: 'Blocks by content address',
    async run(call) {
      const { cid } = await call('ipfs_dag_put', { value: PEOPLE })
      const { value } = await call('ipfs_dag_get', { cid })
      return JSON.stringify(value) === JSON.stringify(PEOPLE) ? undefined : 'a block does not read back'
    }
  },
  {
    id: 'service-files',
    title: 'Files',
    async run(call) {
      await call('load_dataset', { source: 'people.csv', options: { dataset_id: 'from_file' } })
      return undefined
    }
  },
  {
    id: 'service-datasets',
    title: 'Datasets and SQL',
    async run(call) {
      await call('process_dataset', {
        dataset_source: PEOPLE,
        operations: [{ type: 'limit', count: 2 }],
        output_id: 'people'
      })
      const { rows } = await call('query_dataset', {
        dataset_id: 'people',
        sql: 'SELECT count(*) AS n FROM dataset'
      })
      return JSON.stringify(rows) === '[{"n":2}]' ? undefined : `a query answers ${JSON.stringify(rows)}`
    }
  },
  {
    id: 'service-cache',
    title: 'The cache',
    async run(call) {
      await call('p2p_cache_set', { key: 'doctor', value: PEOPLE })
      const { value } = await call('p2p_cache_get', { key: 'doctor' })
      return JSON.stringify(value) === JSON.stringify(PEOPLE) ? undefined : 'a value does not read back'
    }
  },
  {
    id: 'service-queue',
    title: 'The task queue and its worker',
    async run(call) {
      const { task_id } = await call('task_submit', { task_type: 'tool.call', payload: { tool: 'list_datasets' } })
      const { status } = await call('task_wait', { task_id, wait_s: 20 })
      return status === 'completed' ? undefined : `a task is ${status} after 20 s`
    }
  },
  {
    id: 'service-processes',
    title: 'Processes for tools that compute',
    async run(call) {
      const { total } = await call('chunk_text', { text: 'One sentence. Another sentence.' })
      return total === 1 ? undefined : `a short text is ${total} chunks`
    }
  },
  {
    id: 'service-peers',
    title: 'Peer-to-peer',
    async run(call) {
      const { peer_id } = await call('p2p_status', {})
      return typeof peer_id === 'string' ? undefined : 'the node has no identity'
    }
  }
]

export async function runSelfTest({ run }: SelfTest, call: Call): Promise<Finding> {
  const cure = 'ipfs-datasets-mcp doctor --log-level debug'
  try {
    const problem = await run(call)
    return problem === undefined ? fine('It works') : failed(problem, cure)
  } catch (error) {
    return failed(error instanceof Error ? error.message : String(error), cure)
  }
}
