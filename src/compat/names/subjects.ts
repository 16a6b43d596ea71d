/** Old names of single subjects: software, finance, law, medicine, wallets. */
import type { OldCategory } from '../old-names.ts'

export const subjectsNames: readonly OldCategory[] = [
  {
    id: 'development_tools',
    kept: '',
    groups: [
      {
        names: 'codebase_search',
        reason: 'dropped',
        use: 'query_dataset',
        advice: 'Code is not searched here. Use the search of your client; query_dataset searches datasets.'
      },
      {
        names: `
          documentation_generator documentation_generator_simple lint_codebase lint_python_codebase linting_tools
          run_comprehensive_tests run_tests test_generator test_runner
        `,
        reason: 'dropped',
        use: '',
        advice: 'Writing, testing and checking programs is no job of a dataset server. Use the tools of your client.'
      },
      {
        names: `
          github_cli_auth_login github_cli_auth_status github_cli_execute github_cli_install github_cli_repo_list
          github_cli_status github_create_issue github_create_pull_request github_get_pull_requests
          github_get_repo_info github_get_repo_issues github_get_user_info github_search_repos
          github_update_pull_request analyze_pr automated_pr_review claude_review_pull_request invoke_copilot_on_pr
        `,
        reason: 'dropped',
        use: '',
        advice:
          'This server does not reach GitHub. Use the gh program or the MCP server of GitHub; load_dataset reads the JSON that it answers.'
      },
      {
        names: `
          claude_analyze_code_quality claude_cli_config_set_api_key claude_cli_execute claude_cli_install
          claude_cli_list_models claude_cli_status claude_cli_test_connection claude_explain_code
          claude_generate_documentation claude_generate_tests claude_refactor_suggestions copilot_cli_explain
          copilot_cli_install copilot_cli_status copilot_cli_suggest_command copilot_cli_suggest_git
          gemini_analyze_code gemini_cli_config_set_api_key gemini_cli_execute gemini_cli_install
          gemini_cli_list_models gemini_cli_status gemini_cli_test_connection gemini_extract_structured_data
          gemini_generate_text gemini_summarize_text gemini_translate_text vscode_cli_execute vscode_cli_install
          vscode_cli_install_extension vscode_cli_list_extensions vscode_cli_status vscode_cli_tunnel_install_service
          vscode_cli_tunnel_login vscode_cli_uninstall_extension
        `,
        reason: 'dropped',
        use: '',
        advice: 'This server starts no programs and calls no models. Your client is the one that does.'
      }
    ]
  },
  {
    id: 'finance_data_tools',
    kept: '',
    groups: [
      {
        names: 'apply_financial_theorem list_financial_theorems',
        reason: 'absent',
        use: '',
        advice: 'No rules of finance are kept or applied here. A model of your own can; keep them as a dataset.'
      },
      {
        names: `
          analyze_embedding_market_correlation analyze_executive_performance analyze_news_with_graphrag
          create_financial_knowledge_graph extract_executive_profiles_from_archives find_predictive_embedding_patterns
        `,
        reason: 'dropped',
        use: 'load_dataset query_dataset',
        advice:
          'It answered invented or empty results. Load the data that you have with load_dataset; query_dataset has corr and the other aggregates.'
      },
      {
        names: `
          fetch_corporate_actions fetch_financial_news fetch_stock_data get_stock_quote scrape_financial_news
          scrape_stock_data search_archive_news search_financial_news
        `,
        reason: 'dropped',
        use: 'load_dataset',
        advice:
          'It answered empty lists: no provider was connected. load_dataset reads what a provider of yours answers over https as CSV or JSON.'
      }
    ]
  },
  {
    id: 'legal_dataset_tools',
    kept: '',
    groups: [
      {
        names: `
          analyze_citation_network analyze_document_citations create_citation_network export_citations
          extract_citations_from_text extract_legal_citations validate_bluebook_citations
        `,
        reason: 'absent',
        use: 'load_dataset query_dataset',
        advice:
          'Citations are not parsed here. query_dataset finds them with regexp_extract_all; a network of them is a dataset of edges.'
      },
      {
        names: `
          brave_legal_search brave_legal_search_entities brave_legal_search_entities_tool brave_legal_search_explain
          brave_legal_search_explain_tool brave_legal_search_generate_terms brave_legal_search_generate_terms_tool
          brave_legal_search_tool get_multi_engine_stats legal_search_brave legal_search_brave_explain
          legal_search_brave_terms multi_engine_legal_search
        `,
        reason: 'absent',
        use: 'download_url_tool',
        advice: 'No search engine is asked here. Let your client search; download_url_tool fetches what it found.'
      },
      {
        names: `
          build_patent_dataset scrape_federal_laws scrape_federal_register scrape_municipal_codes
          scrape_municipal_laws scrape_netherlands_laws scrape_recap_archive scrape_recap_incremental
          scrape_state_admin_rules scrape_state_laws scrape_us_code scrape_with_fallbacks
          scrape_with_incremental_update
        `,
        reason: 'absent',
        use: 'load_dataset create_warc',
        advice:
          'There are no scrapers of law here. Many of these collections are on the Hugging Face hub: load_dataset takes hf://datasets/owner/name; create_warc keeps a page.'
      },
      {
        names: `
          calculate_update_parameters get_regulation_at_date get_regulation_changes get_regulation_timeline
          track_regulation_version
        `,
        reason: 'absent',
        use: 'load_dataset diff_datasets',
        advice:
          'Regulations are not followed here. Load each state as a version with load_dataset; diff_datasets tells what changed.'
      },
      {
        names: `
          collect_packaged_docket_citation_recovery_candidates execute_packaged_docket_missing_authority_follow_up
          merge_recovery_manifest_into_canonical_dataset plan_packaged_docket_missing_authority_follow_up
          preview_recovery_manifest_release_plan promote_recovery_manifest_to_canonical_bundle
          recover_missing_legal_citation_source recover_packaged_docket_missing_authorities search_docket_dataset
          setup_legal_tools_venv
        `,
        reason: 'absent',
        use: 'load_dataset query_dataset',
        advice:
          'The pipelines of these law collections are not part of this server. Load their files with load_dataset and ask query_dataset.'
      },
      {
        names: `
          create_legal_knowledge_graph cross_language_legal_search detect_query_language expand_legal_query
          export_legal_report generate_compliance_checklist generate_legal_report get_legal_relationships
          get_legal_synonyms get_legal_term_translations legal_search_entities translate_legal_query
          visualize_legal_graph
        `,
        reason: 'absent',
        use: 'load_dataset query_dataset',
        advice:
          'Words of law are not interpreted here: terms, languages, reports and graphs are for a model of your own. load_dataset and query_dataset hold what it works on.'
      },
      {
        names: 'delete_scraping_job list_scraping_jobs',
        reason: 'replaced',
        use: 'task_list task_cancel',
        advice: 'There are no scrapers here. Jobs of any kind are tasks: task_list and task_cancel.'
      },
      {
        names: 'export_dataset export_to_csv export_to_json export_to_parquet',
        reason: 'replaced',
        use: 'save_dataset',
        advice: 'save_dataset writes any dataset as CSV, JSON, JSONL, Parquet or Arrow.'
      },
      {
        names: `
          filter_legal_results get_filter_statistics get_recap_document get_us_code_titles list_federal_law_sources
          list_state_admin_rule_jurisdictions list_state_jurisdictions search_caselaw_access_cases
          search_court_rules_corpus search_federal_register search_federal_register_corpus
          search_federal_register_hf_index search_legal_graph search_municipal_codes search_netherlands_law_corpus
          search_patents_by_assignee search_patents_by_inventor search_patents_by_keyword search_recap_documents
          search_state_law_corpus search_us_code search_us_code_corpus search_workspace_dataset
        `,
        reason: 'absent',
        use: 'load_dataset query_dataset',
        advice:
          'There are no clients of law sources here. Load a collection with load_dataset (hf://datasets/owner/name, a file or an https URL); query_dataset filters and finds.'
      },
      {
        names: `
          ingest_caselaw_access_vector_bundle ingest_caselaw_access_vectors list_caselaw_access_vector_files
          search_caselaw_access_vectors search_caselaw_access_vectors_with_centroids
        `,
        reason: 'absent',
        use: 'load_dataset query_dataset',
        advice:
          'There is no index of vectors here. Load the Parquet files with load_dataset; query_dataset ranks them by list_cosine_similarity.'
      },
      {
        names: `
          legal_archive_results legal_archive_results_tool legal_get_archive_stats legal_get_archive_stats_tool
          legal_search_archives_only legal_search_archives_only_tool legal_search_web_archive legal_web_archive_search
          legal_web_archive_search_tool
        `,
        reason: 'absent',
        use: 'create_warc index_warc extract_text_from_warc',
        advice:
          'No search engine is asked here. create_warc keeps a page, index_warc and extract_text_from_warc read it.'
      },
      {
        names: 'list_ipfs_datasets',
        reason: 'replaced',
        use: 'list_datasets ipfs_list_pins',
        advice: 'list_datasets names the datasets, and ipfs_list_pins what is pinned.'
      },
      {
        names: 'retrieve_dataset_from_ipfs',
        reason: 'replaced',
        use: 'load_dataset',
        advice: 'load_dataset takes ipfs://<cid>.'
      },
      {
        names: 'store_dataset_to_ipfs',
        reason: 'replaced',
        use: 'publish_dataset',
        advice: 'publish_dataset puts a version under a CID.'
      },
      {
        names: `
          create_schedule enable_disable_schedule list_schedules remove_schedule run_schedule_now
          schedule_report_generation
        `,
        reason: 'dropped',
        use: 'task_submit',
        advice:
          'Nothing runs by the calendar here. Let cron call the command line; task_submit takes not_before for a single run.'
      },
      {
        names: `
          scrape_uspto_patents uspto_analysis_replay uspto_citation_explanation uspto_dossier_summary
          uspto_evidence_gaps uspto_operator_login uspto_operator_logout uspto_operator_session_status
          uspto_persisted_assurance_findings uspto_persisted_assurance_provenance uspto_persisted_assurance_summary
          uspto_requirement_matrix uspto_status
        `,
        reason: 'dropped',
        use: '',
        advice: 'It worked only for the operators of one service, which is not part of this server.'
      }
    ]
  },
  {
    id: 'medical_research_scrapers',
    kept: '',
    groups: [
      {
        names: `
          get_trial_demographics get_trial_outcomes scrape_biochemical_research scrape_clinical_outcomes
          scrape_clinical_trials scrape_population_health_data scrape_pubmed_medical_research search_clinical_trials
          search_medical_research
        `,
        reason: 'absent',
        use: 'load_dataset',
        advice:
          'There are no clients of medical sources here. load_dataset reads CSV over https, as ClinicalTrials.gov answers it with format=csv.'
      },
      {
        names: `
          analyze_dataset_with_ai analyze_medical_dataset build_dataset_from_scraped_data build_medical_dataset
          discover_biomolecules_for_target discover_biomolecules_rag discover_enzyme_inhibitors
          discover_pathway_biomolecules discover_protein_binders generate_medical_theorems_from_trials
          generate_synthetic_dataset generate_synthetic_medical_data get_trial_outcomes_for_theorems
          transform_dataset_with_ai transform_medical_dataset validate_medical_theorem_fuzzy
        `,
        reason: 'dropped',
        use: 'load_dataset process_dataset',
        advice:
          'It invented its answers, or could not run. load_dataset and process_dataset work on data that you have.'
      }
    ]
  },
  {
    id: 'software_engineering_tools',
    kept: '',
    groups: [
      {
        names: `
          analyze_code_for_pr analyze_github_actions analyze_repository analyze_repository_health create_ai_agent_pr
          scrape_github_repository scrape_repository search_repositories update_ai_agent_pr
        `,
        reason: 'absent',
        use: 'load_dataset',
        advice:
          'This server does not reach GitHub. Use the gh program or the MCP server of GitHub; load_dataset reads the JSON that it answers.'
      },
      {
        names: 'analyze_dependency_chain create_workflow_dag plan_speculative_execution',
        reason: 'absent',
        use: 'load_dataset duckdb_query',
        advice:
          'Plans are not made here. Load the edges with load_dataset; duckdb_query follows them with WITH RECURSIVE.'
      },
      {
        names: `
          analyze_pod_health analyze_resource_utilization analyze_service_health predict_gpu_needs
          suggest_dependency_improvements suggest_fixes
        `,
        reason: 'absent',
        use: 'load_dataset query_dataset',
        advice:
          'Services and clusters are not watched here. Load what your monitor exports with load_dataset and ask query_dataset.'
      },
      {
        names: `
          detect_error_patterns parse_kubernetes_logs parse_package_json_dependencies parse_requirements_txt
          parse_systemd_logs parse_workflow_logs
        `,
        reason: 'absent',
        use: 'load_dataset query_dataset',
        advice:
          'Logs and manifests have no reader of their own here. load_dataset reads them as JSON or CSV, and query_dataset finds patterns with regexp_matches.'
      },
      {
        names: `
          list_software_theorems validate_against_theorem apply_theorem_actions coordinate_auto_healing
          monitor_healing_effectiveness
        `,
        reason: 'dropped',
        use: '',
        advice: 'It belonged to a theorem prover and a repair loop that are not here.'
      }
    ]
  },
  {
    id: 'wallet_tools',
    kept: '',
    groups: [
      {
        names: `
          wallet_add_document wallet_add_location wallet_create wallet_decrypt_document wallet_list_records
        `,
        reason: 'absent',
        use: 'store_data retrieve_data query_storage',
        advice:
          'There is no encrypted wallet here. store_data keeps what you encrypted, and retrieve_data and query_storage find it.'
      },
      {
        names: `
          wallet_analytics_contribute wallet_analytics_create_consent wallet_analytics_create_template
          wallet_analytics_private_count wallet_analyze_document_form_redacted wallet_analyze_document_redacted
          wallet_analyze_documents_redacted wallet_create_document_vector_profile wallet_create_location_region_proof
          wallet_create_redacted_graphrag wallet_extract_document_text_redacted
        `,
        reason: 'absent',
        use: '',
        advice: 'Nothing is redacted, proved or counted in private here. Do that before the data come to this server.'
      },
      {
        names: `
          wallet_create_export_bundle wallet_export_bundle_storage wallet_import_export_bundle
          wallet_verify_export_bundle
        `,
        reason: 'absent',
        use: 'ipfs_export_car ipfs_import_car',
        advice:
          'There is no encrypted wallet here. ipfs_export_car and ipfs_import_car carry content; encrypt before you add it.'
      },
      {
        names: `
          wallet_create_export_grant wallet_create_record_grant wallet_grant_receipts wallet_issue_export_invocation
          wallet_issue_record_invocation wallet_revoke_grant
        `,
        reason: 'absent',
        use: 'peer_invite',
        advice: 'There is no encrypted wallet here, and no grants on its records. peer_invite grants tools to a node.'
      }
    ]
  },
  {
    id: 'wallet_processor_tools',
    kept: '',
    groups: [
      {
        names: `
          wallet_export wallet_ingest wallet_processor_capabilities wallet_processor_export
          wallet_processor_list_families wallet_processor_resume wallet_processor_status
          wallet_processor_verify_manifest
        `,
        reason: 'dropped',
        use: 'load_dataset',
        advice: 'Ledgers are not read here. load_dataset takes what a node or an explorer exports as CSV or JSON.'
      }
    ]
  }
]
