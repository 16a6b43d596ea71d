/** One check for each MCP client: whether its settings can be read, and start a server that is there. */
import { readFile, stat } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import { CLIENTS, type McpClient, SERVER_NAME } from '../clients/clients.ts'
import { parseSettings } from '../clients/parse-settings.ts'
import { quoted } from '../shell-words.ts'
import { type Check, failed, fine, skipped } from './check.ts'

export const clientChecks: readonly Check[] = CLIENTS.map(client => ({
  id: `client-${client.id}`,
  title: `Settings of ${client.title}`,
  run: ({ machine }) => checkClient(client, client.settingsPath(machine))
}))

async function checkClient({ format, serversKey }: McpClient, path: string) {
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined) return skipped('It has no settings here')
  let entry: unknown
  try {
    const settings = await parseSettings(text, format, path)
    entry = Object(settings[serversKey])[SERVER_NAME]
  } catch (error) {
    return failed(error instanceof Error ? error.message : String(error), `\${EDITOR:-vi} ${quoted(path)}`)
  }
  if (entry === undefined) return skipped(`${path} does not name this server`)
  const { command, args } = Object(entry)
  const files = [command, Array.isArray(args) ? args[0] : undefined]
  for (const file of files) {
    if (typeof file !== 'string' || !isAbsolute(file)) continue
    if (!(await stat(file).catch(() => undefined))) {
      return failed(`${path} starts ${file}, which is not there`, `\${EDITOR:-vi} ${quoted(path)}`)
    }
  }
  return fine(path)
}
