/** An HTTP server that takes its time and has nothing, for calls that wait in the general lane. */
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { reportToParent } from './child-report.ts'

const ANSWER_AFTER_MS = 50

const server = createServer((_request, response) => {
  void sleep(ANSWER_AFTER_MS).then(() => response.writeHead(404).end())
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  reportToParent(typeof address === 'object' && address ? address.port : 0)
})
