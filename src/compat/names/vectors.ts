/** Old names about embeddings, vectors and their analysis. */
import type { OldCategory } from '../old-names.ts'

export const vectorsNames: readonly OldCategory[] = [
  {
    id: 'analysis_tools',
    kept: '',
    groups: [
      {
        names: 'analyze_data_distribution detect_outliers',
        reason: 'replaced',
        use: 'query_dataset describe_dataset',
        advice:
          'query_dataset computes it: quantile_cont, stddev, histogram and the other aggregates of DuckDB. describe_dataset tells the columns.'
      },
      {
        names: 'analyze_diversity analyze_similarity_patterns',
        reason: 'replaced',
        use: 'query_dataset',
        advice:
          'query_dataset computes it: list_cosine_similarity and list_distance of a column of vectors joined with itself.'
      },
      {
        names: 'assess_embedding_quality quality_assessment',
        reason: 'absent',
        use: 'query_dataset',
        advice:
          'Embeddings are not judged here. query_dataset has the aggregates to do it with: avg, stddev and list_cosine_similarity.'
      },
      {
        names: 'cluster_analysis dimensionality_reduction perform_clustering_analysis reduce_dimensionality',
        reason: 'absent',
        use: 'query_dataset save_dataset',
        advice:
          'Nothing is clustered or projected here. save_dataset writes Parquet for a program that does; load_dataset takes its labels.'
      },
      {
        names: 'detect_drift',
        reason: 'replaced',
        use: 'diff_datasets query_dataset',
        advice: 'diff_datasets compares two versions row by row; query_dataset compares what they add up to.'
      }
    ]
  },
  {
    id: 'embedding_tools',
    kept: '',
    groups: [
      {
        names: `
          chunk_text create_embeddings generate_batch_embeddings generate_embedding generate_embeddings
          generate_embeddings_from_file
        `,
        reason: 'absent',
        use: 'chunk_text cache_embeddings',
        advice:
          'This server makes no embeddings. chunk_text cuts the text for a model of your own; cache_embeddings keeps what it answers, and load_dataset takes vectors as a column.'
      },
      {
        names: 'hybrid_search multi_modal_search search_embeddings search_with_filters semantic_search',
        reason: 'absent',
        use: 'query_dataset',
        advice:
          'Vectors are a column of a dataset here: query_dataset ranks rows by list_cosine_similarity(column, [vector]) and filters with WHERE. Texts are not turned into vectors.'
      },
      {
        names: 'index_dataset',
        reason: 'absent',
        use: 'load_dataset query_dataset',
        advice:
          'This server makes no embeddings and keeps no vector index. Compute vectors where your model runs and load them as a column of a dataset; query_dataset ranks them by list_cosine_similarity.'
      },
      {
        names: `
          merge_embedding_shards merge_shards_tool shard_embeddings shard_embeddings_by_cluster
          shard_embeddings_by_dimension shard_embeddings_tool shard_info_tool
        `,
        reason: 'replaced',
        use: 'split_dataset list_datasets',
        advice:
          'Vectors are a column of a dataset here: split_dataset parts it, list_datasets names the parts, and query_dataset reads each.'
      },
      {
        names: 'manage_endpoints',
        reason: 'dropped',
        use: '',
        advice: 'No services that make embeddings are called, so none are configured.'
      }
    ]
  },
  {
    id: 'index_management_tools',
    kept: '',
    groups: [
      {
        names: 'load_index',
        reason: 'replaced',
        use: 'load_dataset',
        advice: 'Vectors are a column of a dataset here: load_dataset reads a file of them.'
      },
      {
        names: 'manage_index_configuration manage_shards monitor_index_status',
        reason: 'absent',
        use: 'describe_dataset list_datasets',
        advice:
          'Vectors are a column of a dataset here: there is no index to configure, and no shards. describe_dataset and list_datasets tell what is there.'
      }
    ]
  },
  {
    id: 'search_tools',
    kept: '',
    groups: [
      {
        names: 'faceted_search',
        reason: 'replaced',
        use: 'query_dataset',
        advice: 'query_dataset counts by facet with GROUP BY and filters with WHERE.'
      },
      {
        names: 'semantic_search similarity_search',
        reason: 'absent',
        use: 'query_dataset',
        advice:
          'Vectors are a column of a dataset here: query_dataset ranks rows by list_cosine_similarity(column, [vector]). Texts are not turned into vectors.'
      }
    ]
  },
  {
    id: 'sparse_embedding_tools',
    kept: '',
    groups: [
      {
        names: 'generate_sparse_embedding index_sparse_collection manage_sparse_models',
        reason: 'absent',
        use: 'load_dataset',
        advice:
          'This server makes no sparse vectors and runs no models. Load weights that you computed as columns of a dataset.'
      },
      {
        names: 'sparse_search',
        reason: 'absent',
        use: 'query_dataset',
        advice: 'There is no index of terms here. query_dataset finds words with LIKE, ILIKE or regexp_matches.'
      }
    ]
  },
  {
    id: 'vector_store_tools',
    kept: '',
    groups: [
      {
        names: `
          add_embeddings_to_store_from_parameters create_vector_store_from_parameters enhanced_vector_storage
        `,
        reason: 'replaced',
        use: 'load_dataset',
        advice:
          'Vectors are a column of a dataset here: load_dataset takes records with a list of numbers in one field; an id that exists gets a new version.'
      },
      {
        names: `
          delete_from_vector_store_from_parameters enhanced_vector_index optimize_vector_store_from_parameters
          vector_index
        `,
        reason: 'absent',
        use: 'load_dataset process_dataset',
        advice:
          'Vectors are a column of a dataset here: there is no index to make, optimize or delete. process_dataset keeps the rows that you want as a new dataset.'
      },
      {
        names: 'enhanced_vector_search search_vector_store_from_parameters vector_retrieval',
        reason: 'replaced',
        use: 'query_dataset',
        advice:
          'Vectors are a column of a dataset here: query_dataset ranks rows by list_cosine_similarity(column, [vector]).'
      },
      {
        names: 'get_vector_store_stats_from_parameters vector_metadata',
        reason: 'replaced',
        use: 'describe_dataset',
        advice: 'Vectors are a column of a dataset here: describe_dataset tells its columns and how many rows it has.'
      }
    ]
  },
  {
    id: 'vector_tools',
    kept: '',
    groups: [
      {
        names: 'create_vector_index',
        reason: 'replaced',
        use: 'load_dataset',
        advice:
          'Vectors are a column of a dataset here: load_dataset takes records with a list of numbers in one field. Nothing is indexed; query_dataset compares all rows.'
      },
      {
        names: 'delete_vector_index manage_vector_store optimize_vector_store',
        reason: 'absent',
        use: 'list_datasets',
        advice: 'Vectors are a column of a dataset here: there is no index to manage, optimize or delete.'
      },
      {
        names: 'list_vector_indexes',
        reason: 'replaced',
        use: 'list_datasets',
        advice: 'Vectors are a column of a dataset here: list_datasets names the datasets.'
      },
      {
        names: 'search_vector_index',
        reason: 'replaced',
        use: 'query_dataset',
        advice:
          'Vectors are a column of a dataset here: query_dataset ranks rows by list_cosine_similarity(column, [vector]).'
      }
    ]
  }
]
