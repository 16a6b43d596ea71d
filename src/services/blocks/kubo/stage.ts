/**
 * Blocks on trial before they go to a Kubo daemon: one file, which is a CAR already. It is sent whole, so that a thousand blocks cost
 * one command.
 */
import { randomUUID } from 'node:crypto'
import { type FileHandle, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { CID, CODEC } from '../../../core/cid.ts'
import { carHeader, sectionHead } from '../../../domain/car/frame.ts'
import { keyOf, type Stage } from '../storage.ts'
import type { KuboRpc } from './rpc.ts'

const READ_BYTES = 256 * 1024

export async function createKuboStage(rpc: () => KuboRpc, directory: string): Promise<Stage> {
  const path = join(directory, randomUUID())
  const file = await open(path, 'wx+', 0o600)
  const places = new Map<string, { start: number; length: number }>()
  let end = 0
  let first: CID | undefined

  const append = async (bytes: Uint8Array) => {
    await file.writev([bytes], end)
    end += bytes.byteLength
  }

  return {
    async put(cid, bytes) {
      const key = keyOf(cid)
      if (places.has(key)) return
      // As raw, since Kubo would refuse to store what it cannot decode; the hash does not cover the codec.
      const named = CID.createV1(CODEC.raw, cid.multihash)
      first ??= named
      await append(Buffer.concat([sectionHead(named, bytes.byteLength), bytes]))
      places.set(key, { start: end - bytes.byteLength, length: bytes.byteLength })
    },
    async get(cid) {
      const place = places.get(keyOf(cid))
      return place && readPart(file, place.start, place.length)
    },
    async publish() {
      if (!first) return
      const args = { 'pin-roots': false, silent: true, 'allow-big-block': true }
      for await (const _ of rpc().values('dag/import', args, { file: contentOf(file, first, end), isLong: true }));
    },
    async [Symbol.asyncDispose]() {
      await file.close()
      await rm(path, { force: true })
    }
  }
}

async function* contentOf(file: FileHandle, root: CID, end: number): AsyncGenerator<Uint8Array> {
  yield carHeader(root)
  for (let at = 0; at < end; at += READ_BYTES) yield await readPart(file, at, Math.min(READ_BYTES, end - at))
}

async function readPart(file: FileHandle, start: number, length: number): Promise<Uint8Array> {
  const buffer = Buffer.allocUnsafe(length)
  const { bytesRead } = await file.read(buffer, 0, length, start)
  return buffer.subarray(0, bytesRead)
}
