/** Old names about running and watching the server. */
import type { OldCategory } from '../old-names.ts'

export const operationNames: readonly OldCategory[] = [
  {
    id: 'admin_tools',
    kept: '',
    groups: [
      {
        names: 'cleanup_resources system_maintenance',
        reason: 'replaced',
        use: 'ipfs_gc optimize_cache queue_clear',
        advice:
          'ipfs_gc frees blocks that nothing holds, optimize_cache shrinks the cache, and queue_clear empties the queue.'
      },
      {
        names: 'configure_system manage_endpoints update_configuration',
        reason: 'absent',
        use: '',
        advice: 'Settings are read once, at the start, from a file, the environment and flags; no call changes them.'
      },
      {
        names: 'get_system_status system_health system_status',
        reason: 'replaced',
        use: 'p2p_status queue_stats',
        advice:
          'GET /health and /health/ready say whether the server answers, and GET /metrics has its figures; p2p_status and queue_stats tell of peers and tasks.'
      },
      {
        names: 'manage_service',
        reason: 'absent',
        use: 'p2p_status',
        advice:
          'Services start when a call first needs them, and end with the server; none is started by hand. p2p_status tells of peers.'
      }
    ]
  },
  {
    id: 'audit_tools',
    kept: '',
    groups: [
      {
        names: 'audit_tools generate_audit_report record_audit_event',
        reason: 'absent',
        use: 'dataset_lineage task_list',
        advice:
          'No audit log is kept here. GET /metrics counts calls by tool and outcome; dataset_lineage tells what a dataset was made from, and task_list what was queued.'
      }
    ]
  },
  {
    id: 'auth_tools',
    kept: '',
    groups: [
      {
        names: 'authenticate_user get_user_info validate_token',
        reason: 'absent',
        use: '',
        advice:
          'There are no users or passwords here. A server beyond loopback has one access token, sent as Authorization: Bearer; see docs/guides/configuration.md.'
      }
    ]
  },
  {
    id: 'monitoring_tools',
    kept: '',
    groups: [
      {
        names: `
          check_health collect_metrics generate_monitoring_report get_performance_metrics health_check
          monitor_services
        `,
        reason: 'replaced',
        use: 'p2p_status queue_stats cache_stats',
        advice:
          'GET /health and /health/ready say whether the server answers, and GET /metrics has its figures; p2p_status and queue_stats tell of peers and tasks.'
      },
      {
        names: 'manage_alerts',
        reason: 'absent',
        use: 'queue_stats',
        advice: 'No alerts are kept here. GET /metrics has the figures for a monitor such as Prometheus.'
      }
    ]
  },
  {
    id: 'rate_limiting_tools',
    kept: '',
    groups: [
      {
        names: 'check_rate_limit configure_rate_limits manage_rate_limits',
        reason: 'absent',
        use: '',
        advice:
          'Limits are settings (limits, server.max_concurrent, p2p.messages_per_second) and no call changes them; what is over them is answered BUSY.'
      }
    ]
  },
  {
    id: 'security_tools',
    kept: '',
    groups: [
      {
        names: 'check_access_permission',
        reason: 'absent',
        use: 'peer_list',
        advice:
          'No list of rights is kept here. Files are confined to the roots, callers by the access token, and peers by what they were granted; peer_list shows that.'
      }
    ]
  },
  {
    id: 'session_tools',
    kept: '',
    groups: [
      {
        names: 'cleanup_sessions create_session get_session_state manage_session manage_session_state',
        reason: 'absent',
        use: 'cache_set cache_get task_submit',
        advice:
          'Calls stand alone and need no session. What must last between them is a dataset, a value of cache_set, or a task.'
      }
    ]
  },
  {
    id: 'bespoke_tools',
    kept: '',
    groups: [
      {
        names: 'cache_stats',
        reason: 'replaced',
        use: 'cache_stats',
        advice: 'cache_stats does it.'
      },
      {
        names: 'create_vector_store delete_index',
        reason: 'dropped',
        use: 'load_dataset',
        advice:
          'It reported work that it had not done. Vectors are a column of a dataset here; load_dataset takes them.'
      },
      {
        names: 'execute_workflow get_available_workflows',
        reason: 'dropped',
        use: 'process_dataset task_submit',
        advice:
          'It reported work that it had not done. process_dataset runs a list of operations, and task_submit queues calls.'
      },
      {
        names: 'list_indices',
        reason: 'dropped',
        use: 'list_datasets',
        advice:
          'It answered invented names. Vectors are a column of a dataset here, and list_datasets names the datasets.'
      },
      {
        names: 'system_health system_status',
        reason: 'dropped',
        use: 'p2p_status queue_stats',
        advice:
          'It answered invented figures. GET /health and /health/ready say whether the server answers, and GET /metrics has its figures; p2p_status and queue_stats tell of peers and tasks.'
      }
    ]
  },
  {
    id: 'cli',
    kept: '',
    groups: [
      {
        names: `
          discover_biomolecules_rag_cli discover_enzyme_inhibitors_cli discover_protein_binders_cli
          scrape_clinical_trials_cli scrape_pubmed_cli
        `,
        reason: 'dropped',
        use: 'load_dataset',
        advice: 'It could not run in the Python server either. Load what you have from that source with load_dataset.'
      },
      {
        names: 'execute_command',
        reason: 'dropped',
        use: '',
        advice: 'It never ran what it was given, and this server runs no commands. Use the shell of your client.'
      }
    ]
  },
  {
    id: 'dashboard_tools',
    kept: '',
    groups: [
      {
        names: `
          check_tdfol_performance_regression compare_tdfol_strategies export_tdfol_statistics generate_tdfol_dashboard
          get_tdfol_metrics get_tdfol_profiler_report profile_tdfol_operation reset_tdfol_metrics
        `,
        reason: 'dropped',
        use: '',
        advice:
          'It told of the speed of a theorem prover that is not here. GET /metrics has the figures of this server.'
      }
    ]
  },
  {
    id: 'functions',
    kept: '',
    groups: [
      {
        names: 'execute_python_snippet',
        reason: 'dropped',
        use: 'query_dataset process_dataset',
        advice:
          'It never ran what it was given, and this server runs no code of its callers. query_dataset computes in SQL, process_dataset by a list of operations.'
      }
    ]
  }
]
