/** The tools that a transport calls for MCP's tasks. */
export const TASK_TOOLS = {
  beginTool: 'mcp_task_begin',
  getTool: 'mcp_task_get',
  updateTool: 'mcp_task_update',
  cancelTool: 'mcp_task_cancel'
} as const
