import type { Category } from '../../core/tool.ts'
import { toolsDispatch } from './tools_dispatch.ts'
import { toolsGetSchema } from './tools_get_schema.ts'
import { toolsListCategories } from './tools_list_categories.ts'
import { toolsListTools } from './tools_list_tools.ts'
import { toolsSearch } from './tools_search.ts'

export const meta: Category = {
  id: 'meta',
  title: 'Tools about tools',
  summary: 'Find a tool, see how it is called, and call it',
  tools: [toolsSearch, toolsListCategories, toolsListTools, toolsGetSchema, toolsDispatch]
}
