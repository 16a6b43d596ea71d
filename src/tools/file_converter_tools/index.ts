import type { Category } from '../../core/tool.ts'
import { batchConvertFiles } from './batch_convert_files.ts'
import { convertFile } from './convert_file.ts'
import { downloadUrlTool } from './download_url_tool.ts'
import { extractArchiveContents } from './extract_archive_contents.ts'
import { getFileInfo } from './get_file_info.ts'

export const fileConverterTools: Category = {
  id: 'file_converter_tools',
  title: 'File conversion',
  summary: 'Read text and tables out of documents, unpack archives, download files',
  tools: [convertFile, batchConvertFiles, getFileInfo, extractArchiveContents, downloadUrlTool]
}
