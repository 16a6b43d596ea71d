import { AppError } from '../../core/errors.ts'

/** Why offered bytes are refused: the vocabulary of `mcpp-jcs-v1`, in `details.reason`. */
export type RefusalReason =
  | 'reject_nan_infinity'
  | 'reject_lone_surrogate'
  | 'reject_duplicate_keys'
  | 'reject_non_canonical_bytes'
  | 'reject_absent_key_as_null'
  | 'reject_invalid_json_literal'
  | 'reject_unsupported_type'
  | 'reject_unsafe_integer'

export function refuse(reason: RefusalReason, message: string, offset?: number): never {
  const where = offset === undefined ? '' : ` at character ${offset}`
  throw new AppError('BAD_DATA', `Not canonical JSON (mcpp-jcs-v1): ${message}${where}`, {
    details: { reason, ...(offset !== undefined && { offset }) }
  })
}
