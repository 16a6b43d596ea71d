/** Every category, and how its code is imported. This list is the only registration there is. */
import type { CategoryLoaders } from '../core/catalog.ts'

export const categoryLoaders: CategoryLoaders = {
  meta: async () => (await import('./meta/index.ts')).meta,
  dataset_tools: async () => (await import('./dataset_tools/index.ts')).datasetTools,
  ipfs_tools: async () => (await import('./ipfs_tools/index.ts')).ipfsTools,
  data_processing_tools: async () => (await import('./data_processing_tools/index.ts')).dataProcessingTools,
  duckdb_tools: async () => (await import('./duckdb_tools/index.ts')).duckdbTools,
  storage_tools: async () => (await import('./storage_tools/index.ts')).storageTools,
  cache_tools: async () => (await import('./cache_tools/index.ts')).cacheTools,
  file_detection_tools: async () => (await import('./file_detection_tools/index.ts')).fileDetectionTools,
  file_converter_tools: async () => (await import('./file_converter_tools/index.ts')).fileConverterTools,
  web_archive_tools: async () => (await import('./web_archive_tools/index.ts')).webArchiveTools,
  monitoring_tools: async () => (await import('./monitoring_tools/index.ts')).monitoringTools,
  mcplusplus: async () => (await import('./mcplusplus/index.ts')).mcplusplus,
  p2p_tools: async () => (await import('./p2p_tools/index.ts')).p2pTools,
  background_task_tools: async () => (await import('./background_task_tools/index.ts')).backgroundTaskTools
}

/** Reached by methods of the protocol other than `tools/call`, or by our own workers, so no list or search of tools shows them. */
export const unlistedLoaders: CategoryLoaders = {
  prompts: async () => (await import('./prompts/index.ts')).prompts,
  resources: async () => (await import('./resources/index.ts')).resources,
  mcp_tasks: async () => (await import('./mcp_tasks/index.ts')).mcpTasks,
  workers: async () => (await import('./workers/index.ts')).workers
}
