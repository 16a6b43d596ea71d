import type { Category } from '../../core/tool.ts'
import { manageIpfsCluster } from './manage_ipfs_cluster.ts'
import { manageIpfsContent } from './manage_ipfs_content.ts'

export const ipfsClusterTools: Category = {
  id: 'ipfs_cluster_tools',
  title: 'IPFS cluster',
  summary: 'Nodes, pins and content of an IPFS cluster, or of this node where none is configured',
  tools: [manageIpfsCluster, manageIpfsContent]
}
