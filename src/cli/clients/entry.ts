/** Puts this server into the text of a client's settings, or takes it out, and leaves every other character where it is. */
import { isDeepStrictEqual } from 'node:util'
import { AppError } from '../../core/errors.ts'
import { type McpClient, SERVER_NAME } from './clients.ts'
import { parseSettings } from './parse-settings.ts'

/** How a client starts the server. */
export interface ServerEntry {
  type?: 'stdio'
  command: string
  args: string[]
}

/**
 * The settings with this entry in place of an earlier one; without an entry, with none.
 * @throws BAD_DATA when the text cannot be read, UNSUPPORTED when it is written in a way that cannot be changed safely.
 */
export async function withEntry(text: string, client: McpClient, path: string, entry: unknown): Promise<string> {
  const before = await parseSettings(text, client.format, path)
  const servers = before[client.serversKey]
  if (servers !== undefined && (typeof servers !== 'object' || servers === null || Array.isArray(servers))) {
    throw new AppError(
      'BAD_DATA',
      `${path} has something else than servers under "${client.serversKey}"; mend it by hand`
    )
  }
  if (entry === undefined && Object(servers)[SERVER_NAME] === undefined) return text
  const changed =
    client.format === 'toml' ? await editToml(text, client, entry) : await editJson(text || '{}\n', client, entry)
  const { [SERVER_NAME]: _ours, ...others } = Object(servers)
  const after = await parseSettings(changed, client.format, path)
  const { [SERVER_NAME]: written, ...kept } = Object(after[client.serversKey])
  const rest = (settings: object) => ({ ...settings, [client.serversKey]: undefined })
  if (
    !isDeepStrictEqual(written, entry) ||
    !isDeepStrictEqual(kept, others) ||
    !isDeepStrictEqual(rest(after), rest(before))
  ) {
    throw new AppError(
      'UNSUPPORTED',
      `${path} is written in a way that cannot be changed safely; add the server by hand`
    )
  }
  return changed
}

async function editJson(text: string, { serversKey }: McpClient, entry: unknown): Promise<string> {
  const { applyEdits, modify } = await import('jsonc-parser')
  const indent = /^([ \t]+)\S/m.exec(text)?.[1] ?? '  '
  const formattingOptions = { insertSpaces: !indent.includes('\t'), tabSize: indent.includes('\t') ? 1 : indent.length }
  return applyEdits(text, modify(text, [serversKey, SERVER_NAME], entry, { formattingOptions }))
}

/** The table of this server goes to the end of the file; a table with its subtables ends where the next one begins. */
async function editToml(text: string, { serversKey }: McpClient, entry: unknown): Promise<string> {
  const { stringify } = await import('smol-toml')
  const own = new RegExp(`^\\[${serversKey}\\.(${SERVER_NAME}|"${SERVER_NAME}")[.\\]]`)
  let isOwn = false
  const kept = text.split('\n').filter(line => {
    if (/^\s*\[/.test(line)) isOwn = own.test(line.trim())
    return !isOwn
  })
  const rest = kept.join('\n').trimEnd()
  if (entry === undefined) return rest === '' ? '' : `${rest}\n`
  const table = stringify({ [serversKey]: { [SERVER_NAME]: entry } }).trim()
  return `${rest === '' ? '' : `${rest}\n\n`}${table}\n`
}
