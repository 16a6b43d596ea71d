/** What a description says a tool is for, and where it sends the reader to another tool instead. */

export interface Uses {
  use: string[]
  avoid: string[]
}

export function splitUses(description: string, self: string, names: ReadonlySet<string>): Uses {
  const uses: Uses = { use: [], avoid: [] }
  for (const sentence of description.split(/(?<=[.?!])\s+(?=[A-Z])/)) {
    uses[isAway(sentence, self, names) ? 'avoid' : 'use'].push(sentence)
  }
  return uses
}

function isAway(sentence: string, self: string, names: ReadonlySet<string>): boolean {
  if (/^Not\b/.test(sentence)) return true
  const other = /\buse ([a-z][a-z0-9_]+)/i.exec(sentence)?.[1]
  return other !== undefined && other !== self && names.has(other)
}
