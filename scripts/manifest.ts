/**
 * Writes src/manifest.json: what callers list and search, computed from the tool declarations.
 * `--check` writes nothing and fails when the file is not what the declarations give.
 */
import { readFile, writeFile } from 'node:fs/promises'
import type { Manifest, ManifestCategory, ManifestTool } from '../src/core/catalog.ts'
import { type Category, DEFAULT_LIMITS, type Tool } from '../src/core/tool.ts'
import { contractCid, contractOf } from '../src/protocol/contracts/contract.ts'
import { categoryLoaders, unlistedLoaders } from '../src/tools/index.ts'

const file = new URL('../src/manifest.json', import.meta.url)

/** The manifest of these categories; `unlisted` are those that no list of tools shows. */
export function buildManifest(categories: readonly Category[], unlisted: readonly Category[] = []): Manifest {
  return { categories: categories.map(describeCategory), unlisted: unlisted.map(describeCategory) }
}

function describeCategory({ id, title, summary, tools }: Category): ManifestCategory {
  return { id, title, summary, tools: tools.map(tool => describeTool(id, tool)) }
}

function describeTool(category: string, tool: Tool): ManifestTool {
  const contract = contractOf(tool)
  return {
    name: tool.name,
    category,
    ...(tool.group !== undefined && { group: tool.group }),
    ...(tool.aliases && { aliases: tool.aliases.map(({ result: _shape, ...names }) => names) }),
    title: tool.title,
    ...(tool.askedFor && { askedFor: tool.askedFor }),
    description: tool.description,
    runtime: tool.runtime,
    remote: tool.remote ?? 'never',
    ...(tool.asTask && { asTask: tool.asTask }),
    effect: tool.effect,
    ability: tool.capability.ability,
    needs: tool.needs,
    errors: tool.errors,
    limits: { ...DEFAULT_LIMITS, ...tool.limits },
    inputSchema: contract.inputSchema,
    outputSchema: contract.outputSchema,
    exampleTitles: tool.examples.map(({ title }) => title),
    contract: contractCid(contract).toString()
  }
}

if (import.meta.main) {
  const categories = await Promise.all(Object.values(categoryLoaders).map(load => load()))
  const unlisted = await Promise.all(Object.values(unlistedLoaders).map(load => load()))
  const text = `${JSON.stringify(buildManifest(categories, unlisted), undefined, 1)}\n`
  if (process.argv.includes('--check')) {
    if ((await readFile(file, 'utf8')) !== text) {
      console.error('src/manifest.json is not what the tools declare; run: npm run manifest')
      process.exitCode = 1
    }
  } else {
    await writeFile(file, text)
  }
}
