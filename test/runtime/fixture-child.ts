/** The process of the tests: the shipping loop over the fixture tools. */
import { connectParent } from '../../src/child-side.ts'
import { serveTools } from '../../src/runtime/lanes/serve-tools.ts'
import { childTools } from './child-tools.ts'

serveTools(connectParent(), { child_tools: async () => childTools })
