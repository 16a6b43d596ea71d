import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { argumentWords, readArguments } from '../../src/cli/arguments.ts'
import { knownTools } from '../../src/cli/known-tools.ts'
import { commandLine } from '../../src/cli/shell-words.ts'
import { categoryLoaders } from '../../src/tools/index.ts'

const noFiles = () => Promise.reject(new Error('nothing here is read from a file'))

/** What a shell makes of command lines: the words of each. */
function wordsIn(shell: string, lines: readonly string[]): string[][] {
  const script = lines.map(line => `printf '%s\\0' ${line}; printf '\\036'`).join('\n')
  const out = execFileSync(shell, ['-c', script], { encoding: 'utf8' })
  return out
    .split('\u001e')
    .slice(0, -1)
    .map(words => words.split('\0').slice(0, -1))
}

test('every example of every tool, pasted from its help into a shell, is the call that it shows', async () => {
  const catalog = knownTools()
  const calls: { tool: string; args: Record<string, unknown> }[] = []
  for (const load of Object.values(categoryLoaders)) {
    for (const { name, examples } of (await load()).tools) {
      for (const { before = [], input } of examples) calls.push(...before, { tool: name, args: input })
    }
  }
  expect(calls.length).toBeGreaterThan(150)
  const schemaOf = (tool: string) => catalog.resolve(tool).entry.inputSchema
  const lines = calls.map(({ tool, args }) => commandLine('call', tool, ...argumentWords(args, schemaOf(tool))))
  const read = wordsIn('bash', lines).map(async ([, , tool = '', ...words]) => ({
    tool,
    args: await readArguments(words, schemaOf(tool), noFiles)
  }))
  expect(await Promise.all(read)).toEqual(calls)
})

test.each(['bash', 'sh'])('%s takes a word as it was, whatever stands in it', shell => {
  const words = ["it's", '~/a', 'key=~/a', '$HOME', '`id`', 'a b', '', '=ls', '*', 'key=', 'é\n"', '!x', 'a=b=c', '#']
  expect(wordsIn(shell, [commandLine(...words)])).toEqual([['ipfs-datasets-mcp', ...words]])
})

test('text that looks like something else reads back as the text that it is', async () => {
  const schema = {
    properties: { text: { type: 'string' }, any: {}, both: { anyOf: [{ type: 'string' }, { type: 'array' }] } }
  }
  for (const args of [
    { text: '@file' },
    { text: '{"a":1}' },
    { text: '5' },
    { any: '5' },
    { any: 5 },
    { any: 'five' },
    { any: null },
    { both: '[1]' },
    { both: [1] },
    { both: 'null' },
    { other: { deep: [] } },
    { __proto__x: 1, constructor: 2, 'a=b': 3, '{': 4, '@': 5 }
  ]) {
    expect(await readArguments(argumentWords(args, schema), schema, noFiles)).toEqual(args)
  }
})
