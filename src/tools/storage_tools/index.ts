import type { Category } from '../../core/tool.ts'
import { manageCollections } from './manage_collections.ts'
import { queryStorage } from './query_storage.ts'
import { retrieveData } from './retrieve_data.ts'
import { storeData } from './store_data.ts'

export const storageTools: Category = {
  id: 'storage_tools',
  title: 'Stored objects',
  summary: 'Store, find and read objects in collections, with tags and metadata',
  tools: [storeData, retrieveData, queryStorage, manageCollections]
}
