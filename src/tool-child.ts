/** A process of the worker lane. */
import { connectParent } from './child-side.ts'

const parent = connectParent()
const [{ serveTools }, { categoryLoaders }] = await Promise.all([
  import('./runtime/lanes/serve-tools.ts'),
  import('./tools/index.ts')
])
serveTools(parent, categoryLoaders)
