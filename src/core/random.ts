import { randomBytes, randomUUID } from 'node:crypto'

/** Randomness as a dependency, so that a run can be repeated from its seed. */
export interface Random {
  /** A random UUID (version 4). */
  uuid(): string
  bytes(length: number): Uint8Array
}

export const systemRandom: Random = {
  uuid: () => randomUUID(),
  bytes: length => randomBytes(length)
}
