/** Services by the names that callers give. */
import { AppError } from '../core/errors.ts'
import { nearest } from '../core/nearest.ts'
import type { ServiceName } from '../core/tool.ts'
import type { System } from '../services/system/api.ts'

/** NOT_FOUND names the nearest. */
export function findService(system: System, name: string): ServiceName {
  const names = system.serviceNames()
  const found = names.find(one => one === name)
  if (found) return found
  const near = nearest(name, names)
  throw new AppError(
    'NOT_FOUND',
    `There is no service "${name.slice(0, 80)}"${near === undefined ? '' : `; did you mean "${near}"?`}`,
    {
      details: { services: names }
    }
  )
}
