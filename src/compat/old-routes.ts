/** Paths of the Python server that are not answered here, and what to use instead. A path stands for all below it. */

export const OLD_ROUTES: readonly { path: string; advice: string }[] = [
  {
    path: '/auth',
    advice: 'There are no users here: send the access token of the server, if it has one, as Authorization: Bearer.'
  },
  { path: '/embeddings', advice: 'This server makes no embeddings; load vectors as a column of a dataset.' },
  {
    path: '/search',
    advice: 'POST /tools/execute/query_dataset ranks rows by list_cosine_similarity and filters with WHERE.'
  },
  {
    path: '/vectors',
    advice: 'Vectors are a column of a dataset: POST /datasets/load, then POST /tools/execute/query_dataset.'
  },
  { path: '/analysis', advice: 'POST /tools/execute/query_dataset computes it in SQL.' },
  {
    path: '/admin',
    advice: 'GET /health and /health/ready say whether the server answers, and GET /metrics has its figures.'
  },
  {
    path: '/workflows',
    advice: 'POST /tools/execute/task_submit queues calls, and POST /tools/execute/task_status tells of them.'
  },
  {
    path: '/audit',
    advice: 'GET /metrics counts calls; POST /tools/execute/dataset_lineage tells what a dataset was made from.'
  },
  { path: '/mcp/discover', advice: 'POST /mcp with the method server/discover.' },
  { path: '/mcp/events', advice: 'POST /mcp with the method subscriptions/listen answers a stream of news.' },
  { path: '/mcp/interfaces', advice: 'POST /tools/execute/tools_get_schema answers the contract of a tool.' },
  { path: '/mcp/execute', advice: 'POST /mcp with the method tools/call, or POST /tools/execute/{tool_name}.' },
  {
    path: '/mcp/dag',
    advice: 'POST /tools/execute/dataset_lineage tells where data came from; GET /ipfs/{cid} answers blocks.'
  },
  { path: '/mcp/ucan', advice: 'Rights of other nodes are granted by POST /tools/execute/peer_invite.' },
  { path: '/mcp/policy', advice: 'Rights of other nodes are granted by POST /tools/execute/peer_invite.' },
  { path: '/mcp/p2p/peers', advice: 'POST /tools/execute/peer_list.' },
  { path: '/mcp/p2p/call', advice: 'POST /tools/execute/peer_call_tool.' },
  { path: '/mcp/tasks', advice: 'POST /tools/execute/task_list and task_claim.' },
  { path: '/mcp/goals', advice: 'Goals are not kept here; POST /tools/execute/task_submit queues what is to be done.' },
  { path: '/mcp/risk', advice: 'Risk is not weighed here.' },
  { path: '/mcp/neighborhood', advice: 'POST /tools/execute/peer_list and peer_metrics tell of other nodes.' },
  { path: '/mcp/schedule', advice: 'POST /tools/execute/task_claim, task_complete and queue_stats.' },
  { path: '/api/v1/process-website', advice: 'POST /tools/execute/create_warc keeps a page.' },
  { path: '/api/v1/jobs', advice: 'POST /tools/execute/task_list and task_status.' },
  { path: '/api/v1/search', advice: 'POST /tools/execute/query_dataset.' },
  { path: '/api/v1', advice: 'GET /metrics has the figures of the server.' },
  { path: '/delegations', advice: 'POST /tools/execute/peer_forget takes the rights of a node back.' },
  { path: '/tools', advice: 'GET /tools/list and POST /tools/execute/{tool_name}.' },
  { path: '/execute', advice: 'POST /tools/execute/{tool_name}, with the arguments as the body.' },
  { path: '/api/execute', advice: 'POST /tools/execute/{tool_name}, with the arguments as the body.' },
  { path: '/api/health', advice: 'GET /health.' }
]

/** What to use instead of a path, if the Python server had it. */
export function findOldRoute(path: string): string | undefined {
  return OLD_ROUTES.find(old => path === old.path || path.startsWith(`${old.path}/`))?.advice
}
