/** `npm run conformance:server -- --port N`: the fixture server alone, until it is interrupted. */
import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { createLog } from '../../src/core/log.ts'
import { createConformanceServer } from './fixture-server.ts'

const { values } = parseArgs({ options: { port: { type: 'string', default: '3999' } } })
const log = createLog('info', line => process.stderr.write(line))
const server = createConformanceServer(Number(values.port), log)
await server.start()
process.stdout.write(`${server.url}\n`)
await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
await server.stop()
