import type { Category } from '../../core/tool.ts'
import { duckdbExplain } from './duckdb_explain.ts'
import { duckdbExport } from './duckdb_export.ts'
import { duckdbListTemplates } from './duckdb_list_templates.ts'
import { duckdbQuery } from './duckdb_query.ts'
import { duckdbQueryCancel } from './duckdb_query_cancel.ts'
import { duckdbQueryPage } from './duckdb_query_page.ts'
import { duckdbQueryStatus } from './duckdb_query_status.ts'

export const duckdbTools: Category = {
  id: 'duckdb_tools',
  title: 'SQL under handles',
  summary: 'Run, explain, page, cancel and export SQL over several datasets; ready-made queries',
  tools: [
    duckdbListTemplates,
    duckdbQuery,
    duckdbQueryPage,
    duckdbQueryStatus,
    duckdbQueryCancel,
    duckdbExplain,
    duckdbExport
  ]
}
