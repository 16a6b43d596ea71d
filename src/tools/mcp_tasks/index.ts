/** What stands behind the tasks of MCP: calls that are asked after by a handle. Clients reach these through the protocol's own methods. */
import type { Category } from '../../core/tool.ts'
import { mcpTaskBegin } from './mcp_task_begin.ts'
import { mcpTaskCancel } from './mcp_task_cancel.ts'
import { mcpTaskGet } from './mcp_task_get.ts'
import { mcpTaskUpdate } from './mcp_task_update.ts'

export const mcpTasks: Category = {
  id: 'mcp_tasks',
  title: 'MCP tasks',
  summary: 'Begin long calls as tasks, look at them, answer what they ask, cancel them',
  tools: [mcpTaskBegin, mcpTaskGet, mcpTaskUpdate, mcpTaskCancel]
}
