/**
 * Writes docs/guides/migration.md: from the Python server to this one, name by name, from the tables that the server itself answers by.
 * `--check` writes nothing and fails when the file is not what they give.
 */
import { readFile, writeFile } from 'node:fs/promises'
import type { Manifest } from '../src/core/catalog.ts'
import { INTRODUCTION } from './migration/introduction.ts'
import { namesSection } from './migration/names.ts'
import { routesSection } from './migration/routes.ts'
import { settingsSection } from './migration/settings.ts'
import { page } from './reference/markdown.ts'

export function buildGuide(manifest: Manifest): string {
  return page(INTRODUCTION, settingsSection(), routesSection(manifest), namesSection(manifest))
}

if (import.meta.main) {
  const file = new URL('../docs/guides/migration.md', import.meta.url)
  const manifest: Manifest = JSON.parse(await readFile(new URL('../src/manifest.json', import.meta.url), 'utf8'))
  const text = buildGuide(manifest)
  if (process.argv.includes('--check')) {
    if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
      console.error('docs/guides/migration.md is not what the tables give; run: node scripts/migration.ts')
      process.exitCode = 1
    }
  } else {
    await writeFile(file, text)
  }
}
