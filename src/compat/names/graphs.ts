/** Old names about graphs, text analysis and logic. */
import type { OldCategory } from '../old-names.ts'

export const graphsNames: readonly OldCategory[] = [
  {
    id: 'graph_tools',
    kept: '',
    groups: [
      {
        names: `
          graph_add_entity graph_add_relationship graph_constraint_add graph_create graph_index_create graph_write
          graph_complete_suggestions graph_distributed_execute graph_ontology_materialize graph_srl_extract
          graph_visualize
        `,
        reason: 'absent',
        use: 'load_dataset ipfs_dag_put',
        advice:
          'There is no property graph here. Keep nodes and edges as two datasets with load_dataset, or as linked records with ipfs_dag_put.'
      },
      {
        names: 'graph_describe graph_list',
        reason: 'replaced',
        use: 'list_datasets describe_dataset',
        advice:
          'There is no property graph here. Nodes and edges are datasets: list_datasets and describe_dataset tell what is there.'
      },
      {
        names: `
          graph_query_cypher graph_search_hybrid query_knowledge_graph graph_explain graph_graphql_query
        `,
        reason: 'absent',
        use: 'query_dataset duckdb_query',
        advice:
          'There is no property graph here. Load nodes and edges as two datasets; duckdb_query joins them, with WITH RECURSIVE for paths.'
      },
      {
        names: 'graph_query_stream',
        reason: 'replaced',
        use: 'duckdb_query',
        advice: 'There is no property graph here. Load nodes and edges as two datasets; duckdb_query answers in pages.'
      },
      {
        names: 'graph_stream_cancel',
        reason: 'replaced',
        use: 'duckdb_query_cancel',
        advice: 'There is no property graph here. Queries over datasets end with duckdb_query_cancel.'
      },
      {
        names: 'graph_transaction_begin graph_transaction_commit graph_transaction_rollback',
        reason: 'absent',
        use: 'load_dataset',
        advice:
          'There is no property graph here. Datasets change by whole versions, each of which appears at once or not at all.'
      },
      {
        names: 'graph_provenance_verify',
        reason: 'replaced',
        use: 'dataset_lineage',
        advice: 'There is no property graph here. dataset_lineage tells where a version of a dataset came from.'
      }
    ]
  },
  {
    id: 'logic_tools',
    kept: '',
    groups: [
      {
        names: 'audit_log_recent audit_log_stats',
        reason: 'absent',
        use: 'task_list',
        advice:
          'No audit log is kept here. GET /metrics counts calls by tool and outcome; task_list tells what was queued.'
      },
      {
        names: `
          compliance_add_rule compliance_check_intent compliance_list_rules compliance_remove_rule nl_compile_policy
          nl_evaluate_policy nl_inspect_policy policy_evaluate policy_list policy_register policy_remove
        `,
        reason: 'absent',
        use: 'peer_invite',
        advice:
          'Policies over calls are not kept here. Who may call what is decided by the access token of the server and by what a peer was granted.'
      },
      {
        names: 'compliance_register_interface interface_list interface_register',
        reason: 'replaced',
        use: 'tools_get_schema tools_list_tools',
        advice:
          'Every tool has a contract with a content address: tools_get_schema answers it, and tools_list_tools names the tools.'
      },
      {
        names: `
          delegation_add_token delegation_can_invoke delegation_chain_ascii delegation_get_metrics delegation_revoke
          delegation_revoke_chain
        `,
        reason: 'absent',
        use: 'peer_invite peer_forget',
        advice:
          'Rights are not delegated by tokens here. peer_invite grants tools to a node, and peer_forget takes them back.'
      },
      {
        names: `
          add_theorem analyze_formula bulk_process_caselaw cec_analyze_formula cec_apply_rule cec_check_rule
          cec_check_theorem cec_formula_complexity cec_list_rules cec_parse cec_prove cec_rule_info
          cec_validate_formula check_document_consistency check_theorem flogic_assert flogic_check_consistency
          flogic_normalize_term flogic_query get_formula_complexity get_proof_tree logic_build_knowledge_graph
          logic_capabilities logic_health logic_verify_rag_output parse_dcec profile_operation prove_dcec
          query_theorems tdfol_batch_prove tdfol_convert tdfol_kb_add_axiom tdfol_kb_add_theorem tdfol_kb_export
          tdfol_kb_query tdfol_parse tdfol_prove tdfol_visualize translate_dcec validate_formula visualize_proof
        `,
        reason: 'dropped',
        use: 'store_data',
        advice: 'No theorem prover runs here. Run one beside this server; store_data or a dataset keeps what it proved.'
      }
    ]
  },
  {
    id: 'geospatial_tools',
    kept: '',
    groups: [
      {
        names: 'extract_geographic_entities map_spatiotemporal_events query_geographic_context',
        reason: 'absent',
        use: 'query_dataset',
        advice:
          'No places are found in text here. Load what a program of your own found; query_dataset filters it by coordinates and time.'
      }
    ]
  },
  {
    id: 'investigation_tools',
    kept: '',
    groups: [
      {
        names: `
          analyze_deontological_conflicts analyze_entities analyze_entity_timeline detect_patterns explore_entity
          map_relationships query_deontic_conflicts query_deontic_statements
        `,
        reason: 'absent',
        use: 'load_dataset query_dataset',
        advice:
          'Nothing is drawn out of text here. Let a model of your own find entities and statements, load them with load_dataset, and ask query_dataset.'
      },
      {
        names: 'extract_geographic_entities map_spatiotemporal_events query_geographic_context',
        reason: 'absent',
        use: 'query_dataset',
        advice:
          'No places are found in text here. Load what a program of your own found; query_dataset filters it by coordinates and time.'
      },
      {
        names: 'ingest_document_collection ingest_news_feed',
        reason: 'replaced',
        use: 'batch_convert_files load_dataset',
        advice: 'batch_convert_files gives the text of many documents; load_dataset keeps it as a dataset.'
      },
      {
        names: 'ingest_news_article ingest_website',
        reason: 'replaced',
        use: 'download_url_tool convert_file create_warc',
        advice: 'download_url_tool fetches a page and convert_file gives its text; create_warc keeps it as it was.'
      },
      {
        names: 'track_provenance',
        reason: 'replaced',
        use: 'dataset_lineage',
        advice: 'dataset_lineage tells where a version of a dataset came from.'
      }
    ]
  }
]
