/** Contracts from somebody else: what is not exactly canonical, or not exactly a contract, is refused. */
import { canonicalize } from '../../core/canonical.ts'
import { type CID, verifyBlock } from '../../core/cid.ts'
import { CANONICALIZATION, type Contract } from './contract.ts'
import { refuse } from './refusal.ts'
import { parseStrictJson } from './strict-json.ts'

/** The value of canonical bytes. @throws BAD_DATA with the reason, also when other bytes would say the same. */
export function parseCanonicalBytes(bytes: Uint8Array): unknown {
  const text = decode(bytes)
  if (text.startsWith('\ufeff')) refuse('reject_non_canonical_bytes', 'a byte order mark stands in front', 0)
  const value = parseStrictJson(text)
  if (canonicalize(value) !== text) refuse('reject_non_canonical_bytes', 'the same value has another canonical text')
  return value
}

/** A contract from its canonical bytes, and from its CID where one is claimed for them (CID_MISMATCH). */
export function parseContract(bytes: Uint8Array, claimed?: CID): Contract {
  if (claimed) verifyBlock(claimed, bytes)
  const value = parseCanonicalBytes(bytes)
  if (!isObject(value)) return refuse('reject_unsupported_type', 'a contract is an object')
  const members = new Map(Object.entries(value))
  for (const [name, fits] of Object.entries(MEMBERS)) {
    if (members.get(name) === null) refuse('reject_absent_key_as_null', `"${name}" is null, which is not absent`)
    if (!fits(members.get(name))) refuse('reject_unsupported_type', `a contract has no such "${name}"`)
    members.delete(name)
  }
  const [unknown] = members.keys()
  if (unknown !== undefined) refuse('reject_unsupported_type', `a contract has no member "${unknown.slice(0, 80)}"`)
  // Every member was checked against the table above.
  return value as unknown as Contract
}

const isText = (value: unknown) => typeof value === 'string'
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const EFFECTS = ['read', 'create', 'replace', 'delete', 'external']

const MEMBERS: Record<keyof Contract, (value: unknown) => boolean> = {
  canonicalization: value => value === CANONICALIZATION,
  name: isText,
  description: isText,
  inputSchema: isObject,
  outputSchema: isObject,
  effect: value => isText(value) && EFFECTS.includes(value),
  ability: isText,
  errors: value => Array.isArray(value) && value.every(isText)
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return refuse('reject_non_canonical_bytes', 'the bytes are not UTF-8')
  }
}
