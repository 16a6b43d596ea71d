/** `setup <client>`: writes this server into the settings of an MCP client, shows what changes, and can undo it. */
import { stat } from 'node:fs/promises'
import { platform } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { CLIENTS, type ClientPlace, type McpClient } from './clients/clients.ts'
import { lineDiff } from './clients/line-diff.ts'
import { configure } from './common.ts'
import { COMMON_OPTIONS } from './options.ts'
import { printTable } from './table.ts'
import { type Command, EXIT, type Terminal, UsageError } from './terminal.ts'
import { unknownWord } from './usage.ts'

const HELP = `Usage: ipfs-datasets-mcp setup <client> [--dry-run] [--undo]
       ipfs-datasets-mcp setup --list [--json]

Writes this server into the settings of an MCP client. Clients: ${CLIENTS.map(({ id }) => id).join(', ')}.
Everything else in the settings stays as it is, comments too; settings that cannot be read are left untouched.

  --list       Which clients are found, and where their settings are
  --dry-run    Show what would change, and change nothing
  --undo       Take the last change back

Examples:
  ipfs-datasets-mcp setup --list
  ipfs-datasets-mcp setup claude-desktop --dry-run
  ipfs-datasets-mcp setup cursor
  ipfs-datasets-mcp setup cursor --undo
`

export const setup: Command = {
  summary: 'Write this server into the settings of an MCP client',
  help: HELP,
  async run(args, terminal) {
    const flag = { type: 'boolean' } as const
    const options = { ...COMMON_OPTIONS, list: flag, json: flag, 'dry-run': flag, undo: flag }
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options })
    const { list = false, json = false, 'dry-run': isDry = false, undo = false, ...flags } = values
    const place = { home: terminal.home, env: terminal.env, platform: platform() }
    if (list) return await printList(place, json, terminal)
    const [id, ...more] = positionals
    if (id === undefined || more.length > 0) throw new UsageError('Which client? See: ipfs-datasets-mcp setup --list')
    const client = findClient(id)
    const { data_dir } = await configure(flags, terminal)
    await change(client, place, join(data_dir, 'setup'), flags['data-dir'] && data_dir, { isDry, undo }, terminal)
    return EXIT.ok
  }
}

function findClient(id: string): McpClient {
  const client = CLIENTS.find(client => client.id === id)
  if (client) return client
  throw unknownWord(
    'client',
    id,
    CLIENTS.map(client => client.id)
  )
}

async function change(
  client: McpClient,
  place: ClientPlace,
  keptIn: string,
  dataDir: string | undefined,
  { isDry, undo }: { isDry: boolean; undo: boolean },
  { stdout, program }: Terminal
): Promise<void> {
  const { applySetup, applyUndo, planSetup, planUndo } = await import('./clients/set-up.ts')
  const [command = 'node', ...script] = program
  const entry = { command, args: [...script, 'serve', ...(dataDir ? ['--data-dir', dataDir] : [])] }
  const planned = undo ? await planUndo(client, keptIn) : await planSetup(client, client.settingsPath(place), entry)
  const diff = lineDiff(planned.before ?? '', planned.after ?? '')
  stdout.write(diff === '' ? `${planned.path} stays as it is\n` : `${planned.path}\n${diff}`)
  if (isDry) stdout.write('Nothing was changed\n')
  else if (undo) await applyUndo(client, planned, keptIn)
  else if (diff !== '') await applySetup(client, planned, keptIn)
  if (!isDry && diff !== '') stdout.write(`Done; start ${client.title} anew so that it reads its settings\n`)
}

async function printList(place: ClientPlace, json: boolean, terminal: Terminal) {
  const rows = await Promise.all(
    CLIENTS.map(async client => {
      const path = client.settingsPath(place)
      const hasSettings = await isThere(path)
      // The settings of one lie in the home directory itself, which says nothing.
      const isFound = hasSettings || (dirname(path) !== place.home && (await isThere(dirname(path))))
      return { client: client.id, title: client.title, found: isFound, settings: path, exists: hasSettings }
    })
  )
  const lines = rows.map(row => [row.client, row.found ? 'found' : '-', row.settings])
  if (json) terminal.stdout.write(`${JSON.stringify(rows, undefined, 2)}\n`)
  else printTable(lines, terminal, ['client', 'is', 'settings'])
  return EXIT.ok
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false
  )
