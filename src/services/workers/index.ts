/** Workers over any source of work, and what the ones of this program run. */
export { createCallSource } from './call-source.ts'
export { createPeerWorker } from './peer-worker.ts'
export { createRelayHandler } from './relay.ts'
export { createToolCallHandler } from './tool-call.ts'
export { createWorker } from './worker.ts'
export { createWorkers } from './workers.ts'
