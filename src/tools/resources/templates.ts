/** The resources there are, as templates of their URIs (RFC 6570). */

export const RESOURCE_TEMPLATES = [
  {
    uriTemplate: 'dataset://{dataset_id}',
    name: 'dataset',
    title: 'A dataset',
    description: 'Newest version: rows, schema with statistics, CIDs and ten random rows',
    mimeType: 'application/json'
  },
  {
    uriTemplate: 'ipfs://{cid}{/path*}{?offset,length}',
    name: 'ipfs',
    title: 'A file by CID',
    description: 'A local UnixFS file or raw block of at most 256 KiB, or that much of it by offset and length in bytes'
  }
] as const
