/** A service as others see it: whether it runs, and why not. */
import type { ServiceName } from './tool.ts'

export interface ServiceView {
  name: ServiceName
  needs: readonly ServiceName[]
  isRunning: boolean
  /** Why it cannot run under this configuration, with the cure. */
  unavailable?: string
  /** Why it did not start when it was last needed. */
  failure?: string
}
