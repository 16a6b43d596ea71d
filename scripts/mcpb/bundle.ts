/** Makes the .mcpb bundle for this kind of machine: the packed package, what npm installs with it, and the manifest. */
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { packExtension } from '@anthropic-ai/mcpb/cli'
import { pack } from '../pack.ts'
import { bundleManifest } from './manifest.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Answers the path of the bundle in `into`. Needs the registry, or what npm has kept from it. */
export async function makeBundle(into: string): Promise<string> {
  const manifest = bundleManifest(process.platform)
  const stage = mkdtempSync(join(tmpdir(), 'mcpb-'))
  try {
    for (const { path } of pack().files) {
      mkdirSync(dirname(join(stage, path)), { recursive: true })
      copyFileSync(join(root, path), join(stage, path))
    }
    copyFileSync(join(root, 'package-lock.json'), join(stage, 'package-lock.json'))
    execFileSync(
      'npm',
      ['ci', '--omit=dev', '--ignore-scripts', '--no-bin-links', '--prefer-offline', '--no-audit', '--no-fund'],
      { cwd: stage, stdio: ['ignore', 'ignore', 'inherit'], shell: process.platform === 'win32' }
    )
    writeFileSync(join(stage, 'manifest.json'), JSON.stringify(manifest, undefined, 2))
    const outputPath = join(into, `${manifest.name}-${manifest.version}-${process.platform}-${process.arch}.mcpb`)
    if (!(await packExtension({ extensionPath: stage, outputPath, silent: true })))
      throw new Error('The manifest of the bundle is not valid')
    return outputPath
  } finally {
    rmSync(stage, { recursive: true, force: true })
  }
}
