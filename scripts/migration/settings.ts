/** Environment and configuration file of the Python server, as `config` reads them. */
import { PYTHON_KEYS, PYTHON_VARIABLES } from '../../src/config/python.ts'
import { code, table } from '../reference/markdown.ts'

export function settingsSection(): string {
  const variables = Object.entries(PYTHON_VARIABLES).map(([name, { key }]) => [code(name), code(key)])
  const keys = Object.entries(PYTHON_KEYS).map(([name, { key }]) => [code(name), code(key)])
  return `## Environment and configuration file

These variables of the Python server are read, if the setting itself is not given. Others of its variables have no effect. Keys of its YAML file that are
in [configuration.md](configuration.md) keep their meaning.

${table(['variable', 'setting'], variables)}

${table(['key with another value here', 'setting'], keys)}`
}
