import type { Category } from '../../core/tool.ts'
import { callHistory } from './call_history.ts'

export const monitoringTools: Category = {
  id: 'monitoring_tools',
  title: 'How the server is doing',
  summary: 'See which tools were called, how long they took and how they ended',
  tools: [callHistory]
}
