/** Old names about tasks, peers, workflows and queries, most of which stood outside of any category. */
import type { NameGroup, OldCategory } from '../old-names.ts'

/** They stood in two categories. */
const WORKFLOWS_OF_PEERS: readonly NameGroup[] = [
  {
    names: 'add_p2p_peer',
    reason: 'replaced',
    use: 'peer_invite peer_join',
    advice: 'A node joins by an invitation: peer_invite there, peer_join here.'
  },
  {
    names: 'calculate_peer_distance merge_merkle_clock',
    reason: 'dropped',
    use: 'task_claim',
    advice:
      'Work is not assigned by distance or clock: a task goes to the worker that claims it with task_claim, under a lease.'
  },
  {
    names: 'get_assigned_workflows get_next_p2p_workflow',
    reason: 'replaced',
    use: 'task_claim worker_status',
    advice:
      'Tasks need no scheduler of their own here: task_claim hands a worker its next task, and worker_status tells what it holds.'
  },
  {
    names: 'get_p2p_scheduler_status',
    reason: 'replaced',
    use: 'queue_stats',
    advice: 'Tasks need no scheduler of their own here: queue_stats tells what waits and what runs.'
  },
  {
    names: 'get_workflow_tags',
    reason: 'dropped',
    use: 'task_list',
    advice:
      'There is no fixed list of tags: a task has those that it was submitted with, and task_list filters by them.'
  },
  {
    names: 'initialize_p2p_scheduler',
    reason: 'replaced',
    use: 'peer_join peer_invite',
    advice:
      'Tasks need no scheduler of their own here: nodes that joined by peer_invite and peer_join run each other’s tasks.'
  },
  {
    names: 'remove_p2p_peer',
    reason: 'replaced',
    use: 'peer_forget',
    advice: 'peer_forget takes a node’s rights back.'
  },
  {
    names: 'schedule_p2p_workflow',
    reason: 'replaced',
    use: 'task_submit',
    advice: 'Tasks need no scheduler of their own here: task_submit takes workflow_id, tags, priority and metadata.'
  }
]

export const queueNames: readonly OldCategory[] = [
  {
    id: '',
    kept: `
      bootstrap_network peer_connect peer_disconnect peer_discover peer_list peer_metrics queue_clear queue_pause
      queue_resume queue_stats task_cancel task_list task_priority task_result task_retry task_status task_submit
      worker_register worker_status worker_unregister duckdb_explain duckdb_export duckdb_list_templates duckdb_query
      duckdb_query_cancel duckdb_query_page duckdb_query_status
    `,
    changed: {
      duckdb_explain:
        'has no params, tenant_id, trust or gateway: values are in parameters, and tables are the datasets of this server',
      duckdb_query:
        'has no params, tenant_id, trust or gateway: values are in parameters, and tables are the datasets of this server',
      duckdb_export:
        'has no params, tenant_id, trust or gateway: values are in parameters, and tables are the datasets of this server; output_path must be given',
      duckdb_list_templates: 'has no trust or gateway',
      duckdb_query_cancel: 'has no gateway',
      duckdb_query_page: 'has no gateway',
      duckdb_query_status: 'has no gateway'
    },
    groups: [
      {
        names: 'workflow_cancel',
        reason: 'replaced',
        use: 'task_cancel task_list',
        advice:
          'There are no workflows here, only tasks: task_list names those of one workflow_id, and task_cancel ends each.'
      },
      {
        names: 'workflow_dependencies workflow_submit',
        reason: 'absent',
        use: 'task_submit task_wait',
        advice:
          'There are no workflows here, only tasks: task_submit gives those that belong together one workflow_id, and task_wait tells when the next can be submitted.'
      },
      {
        names: 'workflow_list workflow_result workflow_status',
        reason: 'replaced',
        use: 'task_list task_status task_result',
        advice:
          'There are no workflows here, only tasks: give those that belong together one workflow_id in task_submit; task_list lists by it, task_status and task_result tell of each.'
      },
      {
        names: 'ducklake_discover_catalogs ducklake_discover_datasets',
        reason: 'replaced',
        use: 'list_datasets',
        advice: 'The datasets of this server are the catalogue: list_datasets names them.'
      },
      {
        names: 'ducklake_explain',
        reason: 'replaced',
        use: 'duckdb_explain',
        advice: 'duckdb_explain does it over the datasets of this server.'
      },
      {
        names: 'ducklake_export',
        reason: 'replaced',
        use: 'duckdb_export',
        advice: 'duckdb_export does it over the datasets of this server.'
      },
      {
        names: 'ducklake_list_templates',
        reason: 'replaced',
        use: 'duckdb_list_templates',
        advice: 'duckdb_list_templates does it over the datasets of this server.'
      },
      {
        names: 'ducklake_query',
        reason: 'replaced',
        use: 'duckdb_query',
        advice: 'duckdb_query does it over the datasets of this server, each of which keeps its versions.'
      },
      {
        names: 'ducklake_query_cancel',
        reason: 'replaced',
        use: 'duckdb_query_cancel',
        advice: 'duckdb_query_cancel does it over the datasets of this server.'
      },
      {
        names: 'ducklake_query_page',
        reason: 'replaced',
        use: 'duckdb_query_page',
        advice: 'duckdb_query_page does it over the datasets of this server.'
      },
      {
        names: 'ducklake_query_status',
        reason: 'replaced',
        use: 'duckdb_query_status',
        advice: 'duckdb_query_status does it over the datasets of this server.'
      },
      {
        names: 'ducklake_select_snapshot',
        reason: 'replaced',
        use: 'duckdb_query',
        advice: 'Every version of a dataset stays: duckdb_query takes one as snapshot_id.'
      },
      {
        names: `
          verification_advise verification_attest_receipt verification_capabilities verification_check
          verification_compile verification_explain_counterexample verification_install_provider
          verification_list_features verification_list_logic_families verification_list_providers verification_monitor
          verification_portfolio verification_probe_provider verification_provider_capabilities
          verification_verify_receipt authorize_invocation check_intent_admissibility formalize_intent
          hammer_capability_status hammer_inspect hammer_persist_receipt hammer_reconstruct hammer_retrieve_receipt
          hammer_run_candidate hammer_select_premises hammer_translate logic_admissibility_capabilities
          normalize_intent query_proof_corpus verify_authorization_receipt
        `,
        reason: 'dropped',
        use: 'store_data',
        advice:
          'No theorem prover or verifier runs here. Run one beside this server; store_data or a dataset keeps what it answered.'
      },
      {
        names: 'capabilities list_authorization_api_tools',
        reason: 'dropped',
        use: 'tools_list_categories',
        advice: 'It told of a prover that is not here. tools_list_categories tells what this server does.'
      }
    ]
  },
  {
    id: 'background_task_tools',
    kept: `
      check_task_status get_task_status manage_background_task manage_background_tasks manage_task_queue
    `,
    changed: {
      check_task_status: 'has no task_manager',
      manage_background_tasks: 'has no task_manager',
      manage_task_queue: 'has no task_manager'
    },
    groups: []
  },
  {
    id: 'p2p_tools',
    kept: `
      p2p_cache_delete p2p_cache_get p2p_cache_has p2p_cache_set p2p_remote_cache_delete p2p_remote_cache_get
      p2p_remote_cache_has p2p_remote_cache_set p2p_remote_call_tool p2p_remote_status p2p_remote_submit_task
      p2p_service_status p2p_task_delete p2p_task_get p2p_task_submit
    `,
    groups: [
      {
        names: 'p2p_scheduler_get_next_task',
        reason: 'replaced',
        use: 'task_claim',
        advice: 'Tasks need no scheduler of their own here: task_claim hands a worker its next task under a lease.'
      },
      {
        names: 'p2p_scheduler_init',
        reason: 'replaced',
        use: 'peer_join peer_invite',
        advice:
          'Tasks need no scheduler of their own here: nodes that joined by peer_invite and peer_join run each other’s tasks.'
      },
      {
        names: 'p2p_scheduler_mark_complete',
        reason: 'replaced',
        use: 'task_complete',
        advice:
          'Tasks need no scheduler of their own here: task_complete ends a task under the lease that task_claim gave.'
      },
      {
        names: 'p2p_scheduler_status',
        reason: 'replaced',
        use: 'queue_stats',
        advice: 'Tasks need no scheduler of their own here: queue_stats tells what waits and what runs.'
      },
      {
        names: 'p2p_scheduler_submit_task',
        reason: 'replaced',
        use: 'task_submit',
        advice:
          'Tasks need no scheduler of their own here: task_submit takes the same task_id, workflow_id, tags and priority; the name goes into metadata.'
      }
    ]
  },
  {
    id: 'p2p_workflow_tools',
    kept: '',
    groups: WORKFLOWS_OF_PEERS
  },
  {
    id: 'workflow_tools',
    kept: '',
    groups: [
      ...WORKFLOWS_OF_PEERS,
      {
        names: 'batch_process_datasets enhanced_batch_processing',
        reason: 'replaced',
        use: 'process_dataset task_submit',
        advice: 'process_dataset runs on one dataset a call; task_submit queues a call for each.'
      },
      {
        names: 'create_template list_templates',
        reason: 'absent',
        use: 'duckdb_list_templates',
        advice:
          'Workflows are not kept here, and so no templates of them. Templates of queries are in duckdb_list_templates.'
      },
      {
        names: 'create_workflow execute_workflow run_workflow enhanced_workflow_management',
        reason: 'absent',
        use: 'process_dataset task_submit',
        advice:
          'Steps are not chained by this server. A list of operations on one dataset is one process_dataset; otherwise your client calls one tool after the other, or queues each with task_submit.'
      },
      {
        names: 'get_workflow_metrics get_workflow_status list_workflows',
        reason: 'replaced',
        use: 'task_list task_status queue_stats',
        advice:
          'There are no workflows here, only tasks: task_list lists those of one workflow_id, task_status tells of each, and queue_stats of all.'
      },
      {
        names: 'pause_workflow resume_workflow',
        reason: 'replaced',
        use: 'queue_pause queue_resume',
        advice: 'There are no workflows here, only tasks: queue_pause and queue_resume hold the whole queue.'
      },
      {
        names: 'schedule_workflow',
        reason: 'replaced',
        use: 'task_submit',
        advice:
          'There are no workflows here, only tasks: task_submit takes not_before, and runs nothing again and again.'
      },
      {
        names: 'enhanced_data_pipeline',
        reason: 'replaced',
        use: 'process_dataset',
        advice: 'process_dataset runs a list of operations as one call.'
      }
    ]
  }
]
