import type { Category } from '../../core/tool.ts'
import { chunkTextTool } from './chunk_text.ts'

export const dataProcessingTools: Category = {
  id: 'data_processing_tools',
  title: 'Data processing',
  summary: 'Cut text that is given in the call into chunks',
  tools: [chunkTextTool]
}
