/** What a file → CAR is measured against: the least work that could do it, and the packages that it is built on. */
import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { CarWriter } from '@ipld/car'
import { importer } from 'ipfs-unixfs-importer'
import { fixedSize } from 'ipfs-unixfs-importer/chunker'
import { balanced } from 'ipfs-unixfs-importer/layout'
import { CID } from 'multiformats/cid'

const READ_BYTES = 1024 * 1024
/** Stands in the header until the root is known; any CID as long as it does. */
const PLACEHOLDER = CID.parse('bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku')

export async function hashFile(path: string): Promise<void> {
  const hash = createHash('sha256')
  for await (const chunk of readChunks(path)) hash.update(chunk)
  hash.digest()
}

export async function copyFile(path: string, to: string): Promise<void> {
  await writeSynced(to, readChunks(path))
}

/** The stock importer into the stock writer. */
export async function stockCar(path: string, to: string, chunkSize: number): Promise<CID> {
  const { writer, out } = CarWriter.create([PLACEHOLDER])
  const written = writeSynced(to, out)
  const blocks = {
    async put(cid: CID, bytes: Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>) {
      const whole = bytes instanceof Uint8Array ? bytes : Buffer.concat(await Array.fromAsync(bytes))
      await writer.put({ cid, bytes: whole })
      return cid
    }
  }
  let root: CID | undefined
  const entries = importer([{ content: readChunks(path) }], blocks, {
    cidVersion: 1,
    rawLeaves: true,
    reduceSingleLeafToSelf: true,
    chunker: fixedSize({ chunkSize }),
    layout: balanced({ maxChildrenPerNode: 174 })
  })
  for await (const { cid } of entries) root = cid
  await writer.close()
  await written
  if (!root) throw new Error('The importer gave no root')
  await using file = await open(to, 'r+')
  await CarWriter.updateRootsInFile(file.fd, [root])
  await file.datasync()
  return root
}

export async function* readChunks(path: string): AsyncGenerator<Uint8Array> {
  await using file = await open(path)
  yield* file.createReadStream({ highWaterMark: READ_BYTES, autoClose: false })
}

/** Writes and syncs the data: without that a figure tells how fast memory is. */
export async function writeSynced(path: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  await using file = await open(path, 'w')
  for await (const chunk of chunks) await writeAll(file, chunk)
  await file.datasync()
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.byteLength; ) {
    done += (await file.write(bytes, done)).bytesWritten
  }
}
