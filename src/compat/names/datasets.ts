/** Old names about datasets, content addresses, storage and caches. */
import type { OldCategory } from '../old-names.ts'

export const datasetsNames: readonly OldCategory[] = [
  {
    id: 'cache_tools',
    kept: `
      cache_clear cache_delete cache_embeddings cache_get cache_set cache_stats get_cache_stats get_cached_embeddings
      manage_cache optimize_cache
    `,
    changed: {
      manage_cache: 'has no cache_type or configuration; sizes are settings of the server',
      get_cache_stats: 'has no include_history'
    },
    groups: [
      {
        names: 'monitor_cache',
        reason: 'replaced',
        use: 'cache_stats',
        advice: 'cache_stats answers entries, bytes and the rate of hits.'
      }
    ]
  },
  {
    id: 'data_processing_tools',
    kept: 'chunk_text convert_format transform_data validate_data',
    changed: {
      transform_data: 'has its parameters by name, one transformation at a time'
    },
    groups: []
  },
  {
    id: 'dataset_tools',
    kept: 'convert_dataset_format load_dataset process_dataset save_dataset',
    changed: {
      load_dataset:
        'answers dataset_id, schema and a sample, and the CID of what was read; the rest is asked for with query_dataset',
      save_dataset: 'writes the file, and replaces one only with options.overwrite',
      process_dataset: 'answers the id of a new dataset; the input stays as it is',
      convert_dataset_format: 'writes output_path, and replaces a file only with options.overwrite'
    },
    groups: [
      {
        names: 'convert_legal_text_to_deontic convert_text_to_fol legal_text_to_deontic text_to_fol',
        reason: 'absent',
        use: '',
        advice:
          'Text is not turned into logic here. A model of your own can write the formulas; keep them as a dataset or with store_data.'
      },
      {
        names: 'dataset_tools_claudes',
        reason: 'dropped',
        use: 'tools_list_tools',
        advice: 'It answered a constant. tools_list_tools says what a category holds.'
      }
    ]
  },
  {
    id: 'ipfs_tools',
    kept: 'get_from_ipfs pin_to_ipfs',
    changed: {
      pin_to_ipfs: 'answers a CID that any other implementation computes too',
      get_from_ipfs: 'asks another gateway only if it is named, and checks every block'
    },
    groups: [
      {
        names: 'ipfs_tools_claudes',
        reason: 'dropped',
        use: 'tools_list_tools',
        advice: 'It answered a constant. tools_list_tools says what a category holds.'
      }
    ]
  },
  {
    id: 'provenance_tools',
    kept: '',
    groups: [
      {
        names: 'record_provenance',
        reason: 'replaced',
        use: 'dataset_lineage load_dataset',
        advice:
          'Nothing is recorded by hand: load_dataset and process_dataset write down where each version came from, and dataset_lineage tells it.'
      },
      {
        names: 'provenance_tools_claudes',
        reason: 'dropped',
        use: 'dataset_lineage',
        advice: 'It answered a constant. dataset_lineage tells where a version came from.'
      }
    ]
  },
  {
    id: 'storage_tools',
    kept: 'manage_collections query_storage retrieve_data store_data',
    changed: {
      store_data: 'has no storage_type: everything is kept as blocks in the data directory',
      query_storage: 'has no storage_type, and pages by cursor instead of offset'
    },
    groups: []
  },
  {
    id: 'ipfs_cluster_tools',
    kept: '',
    groups: [
      {
        names: 'manage_ipfs_cluster',
        reason: 'absent',
        use: 'peer_list',
        advice: 'There is no cluster here. Each node pins for itself; peer_list names the nodes that trust each other.'
      },
      {
        names: 'manage_ipfs_content',
        reason: 'replaced',
        use: 'pin_to_ipfs ipfs_unpin ipfs_list_pins',
        advice: 'Pins are kept by this node: pin_to_ipfs, ipfs_unpin and ipfs_list_pins.'
      }
    ]
  }
]
