/** A thread of the worker lane. It computes at the lowest priority, so that the main loop and its sockets come first. */
import { platform, setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'

// On Linux a thread has a priority of its own; elsewhere this would slow the whole process.
if (platform() === 'linux') setPriority(0, 19)

const [{ serveTools }, { categoryLoaders }] = await Promise.all([
  import('./runtime/lanes/thread-side.ts'),
  import('./tools/index.ts')
])
if (parentPort) serveTools(parentPort, categoryLoaders)
