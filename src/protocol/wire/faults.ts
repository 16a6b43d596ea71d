/** What goes wrong on a stream of `/mcp+p2p/1.0.0`, with the numbers and words that the nodes in Python know. */
import type { FrameError } from './frame.ts'

export const WIRE_FAULT = {
  init_required: -32000,
  unauthorized: -32001,
  tool_error: -32002,
  frame_too_large: -32003,
  invalid_json: -32003,
  invalid_message: -32003,
  rate_limited: -32010,
  idle: -32011
} as const
export type WireFaultName = keyof typeof WIRE_FAULT

/** The message that tells a fault. The stream is closed after those that leave no way to go on. */
export function wireFault(id: string | number | null, name: WireFaultName, data?: object): string {
  return JSON.stringify({ jsonrpc: '2.0', id, error: { code: WIRE_FAULT[name], message: name, ...(data && { data }) } })
}

export function frameFault({ fault, frameBytes, maxFrameBytes }: FrameError): string {
  return wireFault(null, fault, { frameLen: frameBytes, maxFrameBytes })
}

/** The same on a line of the older protocol. */
export function lineFault({ fault }: FrameError): string {
  return JSON.stringify({ ok: false, error: fault })
}
