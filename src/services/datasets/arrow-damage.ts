import { AppError } from '../../core/errors.ts'

export function damaged(): AppError {
  return new AppError('BAD_DATA', 'The Arrow data is damaged: its metadata claims more than its bytes can hold')
}
