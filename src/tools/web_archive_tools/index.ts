import type { Category } from '../../core/tool.ts'
import { createWarc } from './create_warc.ts'
import { extractDatasetFromCdxj } from './extract_dataset_from_cdxj.ts'
import { extractLinksFromWarc } from './extract_links_from_warc.ts'
import { extractMetadataFromWarc } from './extract_metadata_from_warc.ts'
import { extractTextFromWarc } from './extract_text_from_warc.ts'
import { indexWarc } from './index_warc.ts'

export const webArchiveTools: Category = {
  id: 'web_archive_tools',
  title: 'Web archives',
  summary: 'Make, check, index and read WARC files of the web',
  tools: [
    createWarc,
    indexWarc,
    extractTextFromWarc,
    extractLinksFromWarc,
    extractMetadataFromWarc,
    extractDatasetFromCdxj
  ]
}
