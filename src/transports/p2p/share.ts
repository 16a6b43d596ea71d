/** One peer's share of this node: so many requests under way, and BUSY beyond. */
import { AppError, toWireError } from '../../core/errors.ts'
import type { Invoke } from '../../core/tool.ts'
import { failedCall } from '../../protocol/wire/remote-call.ts'
import { faultText, REFUSED } from '../json-rpc.ts'
import type { McpServer } from '../mcp-server.ts'

interface Shared {
  mcp: McpServer
  invoke: Invoke
}

/** `inFlight` counts the request that is asked for too. */
export function createShare({ mcp, invoke }: Shared, maxRequests: number, inFlight: () => number): Shared {
  const refusal = () => {
    if (inFlight() <= maxRequests) return undefined
    return new AppError('BUSY', `This node works on ${maxRequests} requests of a peer at once; ask again in a moment`)
  }
  return {
    mcp: {
      ...mcp,
      async answer(request, exchange) {
        const busy = refusal()
        if (!busy) return await mcp.answer(request, exchange)
        const fault = { code: REFUSED, message: busy.message, data: toWireError(busy) }
        return { text: faultText(request.id, fault), httpStatus: 503 }
      }
    },
    async invoke(request) {
      const busy = refusal()
      return busy ? failedCall(busy) : await invoke(request)
    }
  }
}
