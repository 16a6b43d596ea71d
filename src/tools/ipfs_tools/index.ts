import type { Category } from '../../core/tool.ts'
import { getFromIpfs } from './get_from_ipfs.ts'
import { ipfsAdd } from './ipfs_add.ts'
import { ipfsCat } from './ipfs_cat.ts'
import { ipfsDagGet } from './ipfs_dag_get.ts'
import { ipfsDagPut } from './ipfs_dag_put.ts'
import { ipfsExportCar } from './ipfs_export_car.ts'
import { ipfsGc } from './ipfs_gc.ts'
import { ipfsImportCar } from './ipfs_import_car.ts'
import { ipfsListPins } from './ipfs_list_pins.ts'
import { ipfsLs } from './ipfs_ls.ts'
import { ipfsStat } from './ipfs_stat.ts'
import { ipfsUnpin } from './ipfs_unpin.ts'
import { pinToIpfs } from './pin_to_ipfs.ts'

export const ipfsTools: Category = {
  id: 'ipfs_tools',
  title: 'Content on content addresses',
  summary: 'Store, read, pin and carry files, directories and values by their CIDs',
  tools: [
    pinToIpfs,
    getFromIpfs,
    ipfsAdd,
    ipfsCat,
    ipfsLs,
    ipfsStat,
    ipfsUnpin,
    ipfsListPins,
    ipfsGc,
    ipfsExportCar,
    ipfsImportCar,
    ipfsDagPut,
    ipfsDagGet
  ]
}
