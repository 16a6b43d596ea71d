/** `npm run mcpb`: the bundle for this kind of machine, in the folder that stands behind it or in the project. */
import { statSync } from 'node:fs'
import { makeBundle } from './mcpb/bundle.ts'

const path = await makeBundle(process.argv[2] ?? '.')
console.log(`${path}: ${(statSync(path).size / 1_000_000).toFixed(1)} MB`)
