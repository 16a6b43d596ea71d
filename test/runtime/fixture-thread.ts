/** The thread of the tests: the shipping loop over the fixture tools. */
import { platform, setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'
import { serveTools } from '../../src/runtime/lanes/thread-side.ts'
import { threadTools } from './thread-tools.ts'

if (platform() === 'linux') setPriority(0, 19)
if (parentPort) serveTools(parentPort, { thread_tools: async () => threadTools })
