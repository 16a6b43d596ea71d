/** Workers over any source of work, and what the ones of this program run. */
export { createWorker } from './worker.ts'
