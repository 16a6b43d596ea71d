/** A process that decodes files. */
import { connectParent } from './child-side.ts'
import { serveDecoders } from './services/decoders/serve-decoders.ts'

serveDecoders(connectParent())
