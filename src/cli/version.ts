import { VERSION } from '../version.ts'
import { type Command, EXIT } from './terminal.ts'

export const version: Command = {
  summary: 'Print the version',
  help: 'Usage: ipfs-datasets-mcp version\n\nPrints the version of the program.\n',
  async run(_args, { stdout }) {
    stdout.write(`${VERSION}\n`)
    return EXIT.ok
  }
}
