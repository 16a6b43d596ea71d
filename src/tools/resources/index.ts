/** What stands behind the resources of MCP and their completion. Clients reach these through the protocol's own methods. */
import type { Category } from '../../core/tool.ts'
import { completeArgument } from './complete_argument.ts'
import { listResources } from './list_resources.ts'
import { readResource } from './read_resource.ts'

export const resources: Category = {
  id: 'resources',
  title: 'Resources',
  summary: 'List and read resources, and complete their names',
  tools: [listResources, readResource, completeArgument]
}
