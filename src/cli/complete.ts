/** What may stand at the end of a command line, from the help of the commands and the manifest of the tools. */
import { knownTools } from './known-tools.ts'
import type { Command } from './terminal.ts'
import { optionsOf } from './usage.ts'

/** Words after the program's name; the last one is not finished. */
export function complete(words: readonly string[], names: readonly string[], command: Command | undefined): string[] {
  const last = words.at(-1) ?? ''
  return candidates(words.slice(0, -1), last, names, command).filter(word => word.startsWith(last))
}

function candidates(before: readonly string[], last: string, names: readonly string[], command?: Command): string[] {
  const [name, first, second] = before
  if (name === undefined) return [...names]
  if (!command) return []
  if (last.startsWith('-')) return optionsOf(command)
  const catalog = knownTools()
  const tools = () => catalog.categories.flatMap(category => category.tools.map(tool => tool.name))
  if (name === 'call' && first === undefined) return tools()
  if (name === 'call' && first !== undefined && catalog.has(first)) {
    return Object.keys(Object(catalog.resolve(first).entry.inputSchema.properties)).map(key => `${key}=`)
  }
  if (name === 'tools' && first === 'show' && second === undefined) return tools()
  const categories = name === 'tools' ? catalog.categories.map(({ id }) => id) : []
  return first === undefined ? [...verbs(name, command.help), ...categories] : []
}

/** The words that the usage lines and the examples show after the command. */
function verbs(name: string, help: string): string[] {
  const shown = help.matchAll(new RegExp(`ipfs-datasets-mcp ${name} ([a-z][a-z|-]*)`, 'g'))
  return [...new Set([...shown].flatMap(([, words = '']) => words.split('|')))]
}
