/** A process that takes everything a telemetry exporter sends, and throws it away. */
import { createServer } from 'node:http'
import { reportToParent } from './child-report.ts'

const server = createServer((request, response) => {
  request.resume().on('end', () => response.end('{}'))
})
server.listen(0, '127.0.0.1', () => {
  // It listens on a port.
  const { port } = server.address() as { port: number }
  reportToParent(port)
})
