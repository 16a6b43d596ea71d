import type { Category } from '../../core/tool.ts'
import { convertDatasetFormat } from './convert_dataset_format.ts'
import { datasetLineage } from './dataset_lineage.ts'
import { describeDataset } from './describe_dataset.ts'
import { diffDatasets } from './diff_datasets.ts'
import { listDatasets } from './list_datasets.ts'
import { loadDataset } from './load_dataset.ts'
import { processDataset } from './process_dataset.ts'
import { publishDataset } from './publish_dataset.ts'
import { queryDataset } from './query_dataset.ts'
import { sampleDataset } from './sample_dataset.ts'
import { saveDataset } from './save_dataset.ts'
import { splitDataset } from './split_dataset.ts'

export const datasetTools: Category = {
  id: 'dataset_tools',
  title: 'Datasets',
  summary: 'Load, query, transform, compare, save and publish versioned datasets',
  tools: [
    loadDataset,
    saveDataset,
    processDataset,
    convertDatasetFormat,
    describeDataset,
    sampleDataset,
    listDatasets,
    datasetLineage,
    queryDataset,
    splitDataset,
    diffDatasets,
    publishDataset
  ]
}
