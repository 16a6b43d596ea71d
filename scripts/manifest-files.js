/**
 * The manifest in the bundle: files beside the code, since data is parsed faster than program text, and the schemas of a category apart,
 * since most of the manifest is schemas and whoever starts a server needs few of them.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'

const DIRECTORY = 'manifest'

/** The module that stands for the manifest. A category's schemas are read when the first of them is looked at. */
const MODULE = `
import { readFileSync } from 'node:fs'
const read = name => JSON.parse(readFileSync(new URL('./${DIRECTORY}/' + name + '.json', import.meta.url), 'utf8'))
const manifest = read('index')
for (const categories of Object.values(manifest)) for (const { id, tools } of categories) {
  let schemas
  tools.forEach((tool, at) => {
    for (const name of ['inputSchema', 'outputSchema']) {
      Object.defineProperty(tool, name, { enumerable: true, get: () => (schemas ??= read(id))[at][name] })
    }
  })
}
export default manifest
`

/** Writes the files into `directory`, where the bundle goes. */
export function manifestFiles(directory) {
  const write = (name, value) => writeFileSync(`${directory}/${DIRECTORY}/${name}.json`, JSON.stringify(value))
  return {
    name: 'manifest-files',
    setup({ onLoad }) {
      onLoad({ filter: /manifest\.json$/ }, ({ path }) => {
        mkdirSync(`${directory}/${DIRECTORY}`, { recursive: true })
        const index = JSON.parse(readFileSync(path, 'utf8'))
        for (const { id, tools } of Object.values(index).flat()) {
          const schemas = tools.map(({ inputSchema, outputSchema }) => ({ inputSchema, outputSchema }))
          write(id, schemas)
          for (const tool of tools) {
            delete tool.inputSchema
            delete tool.outputSchema
          }
        }
        write('index', index)
        return { contents: MODULE, loader: 'js' }
      })
    }
  }
}
