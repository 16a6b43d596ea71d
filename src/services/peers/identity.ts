/** Who this node is: an Ed25519 key, made once. */
import { generateKeyPairFromSeed, privateKeyFromProtobuf, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import type { PrivateKey } from '@libp2p/interface'
import { AppError } from '../../core/errors.ts'
import type { Random } from '../../core/random.ts'
import type { PeerStorage } from './storage.ts'

const KEY_FILE = 'identity.key'
const SEED_BYTES = 32

/** The key in the file, or a new one that is put there. BAD_DATA if the file is no such key: it is never replaced. */
export async function loadIdentity(storage: PeerStorage, random: Random): Promise<PrivateKey> {
  const kept = await storage.read(KEY_FILE)
  if (kept) return parseKey(kept)
  const key = await generateKeyPairFromSeed('Ed25519', random.bytes(SEED_BYTES))
  await storage.write(KEY_FILE, privateKeyToProtobuf(key))
  return key
}

function parseKey(bytes: Uint8Array): PrivateKey {
  try {
    return privateKeyFromProtobuf(bytes)
  } catch (cause) {
    const message = `The identity of this node (${KEY_FILE}) is damaged; restore it from a backup, or remove it to become a new peer that others must trust anew`
    throw new AppError('BAD_DATA', message, { cause })
  }
}
