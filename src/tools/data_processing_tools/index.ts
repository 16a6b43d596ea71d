import type { Category } from '../../core/tool.ts'
import { chunkTextTool } from './chunk_text.ts'
import { convertFormat } from './convert_format.ts'
import { transformData } from './transform_data.ts'
import { validateData } from './validate_data.ts'

export const dataProcessingTools: Category = {
  id: 'data_processing_tools',
  title: 'Data processing',
  summary: 'Chunk, transform, convert and validate data that is given in the call',
  tools: [chunkTextTool, transformData, convertFormat, validateData]
}
