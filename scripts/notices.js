/** Licences ask that their text goes wherever the code goes: one file in dist/ holds those of everything that is bundled. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const LICENCE_FILE = /^(licen[cs]e|copying|notice)([.-].*)?$/i
const IN_A_PACKAGE = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/

/**
 * Writes dist/third-party-licences.txt: each text once, under the names of the packages that it belongs to.
 * @param {string} root the folder of the project
 * @param {import('esbuild').Metafile} metafile of the build
 */
export function writeNotices(root, metafile) {
  const used = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs)
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .flatMap(([path]) => IN_A_PACKAGE.exec(path)?.[0] ?? [])
  )
  const byText = Map.groupBy(
    [...new Set(used)].sort().map(folder => describe(join(root, folder))),
    ({ text }) => text
  )
  const sections = [...byText].map(
    ([text, packages]) => `${packages.map(({ title }) => title).join('\n')}\n\n${text}\n`
  )
  writeFileSync(join(root, 'dist/third-party-licences.txt'), sections.join(`\n${'-'.repeat(80)}\n\n`))
}

function describe(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const texts = readdirSync(folder)
    .filter(file => LICENCE_FILE.test(file))
    .map(file => readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim())
  return { title: `${name} ${version} (${license})`, text: texts.join('\n\n') || 'No licence text comes with it.' }
}
