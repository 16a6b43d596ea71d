/** What can be held of the container without an engine: its settings are real ones, and nothing is open that should not be. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import manifest from '../../package.json' with { type: 'json' }
import { loadConfig } from '../../src/config.ts'

interface Service {
  environment?: Record<string, string>
  ports?: string[]
  volumes: string[]
  read_only: boolean
  cap_drop: string[]
  profiles?: string[]
}

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const lines = read('Containerfile')
  .replaceAll(/\\\n\s*/g, '')
  .split('\n')
const compose: { services: Record<string, Service> } = parse(read('compose.yaml'), { merge: true })
const services = Object.entries(compose.services)

const TOKEN = 'IPFS_DATASETS_MCP_TOKEN'
const imageEnvironment = Object.fromEntries(
  [
    ...argumentsOf('ENV')
      .join(' ')
      .matchAll(/(\w+)=(\S+)/g)
  ].map(([, name = '', value = '']) => [name, value])
)

/** What stands behind each instruction of that name, in order. */
function argumentsOf(instruction: string): string[] {
  return lines.filter(line => line.startsWith(`${instruction} `)).map(line => line.slice(instruction.length + 1))
}

/** The settings of `serve --transport http` in a container with this environment on top of the image's. */
function configOf(environment: Record<string, string>) {
  return loadConfig({
    flags: { transport: 'http' },
    env: { ...imageEnvironment, ...environment },
    cwd: '/files',
    home: '/home/node',
    readFile: () => Promise.reject(new Error('no such file'))
  })
}

test('the image sets what the program knows, and starts with a token only', async () => {
  const config = await configOf({ [TOKEN]: 'secret' })
  expect(config).toMatchObject({
    data_dir: '/data',
    roots: ['/files', '/data'],
    server: { host: '0.0.0.0', port: 3002 }
  })
  await expect(configOf({})).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
  expect(Object.keys(imageEnvironment).filter(name => name.includes('TOKEN'))).toEqual([])
})

test('the image runs as nobody special, on the Node that the project is tested with', () => {
  expect(argumentsOf('USER').at(-1)).toBe('node')
  const [base = ''] = argumentsOf('ARG')
  expect(base).toContain(`:${manifest.devDependencies.node.replace('^', '')}-`)
})

test('what the image copies is neither missing nor hidden by .dockerignore', () => {
  const seen = read('.dockerignore')
    .split('\n')
    .filter(line => line.startsWith('!'))
    .map(line => line.slice(1))
  const copied = argumentsOf('COPY')
    .filter(line => !line.startsWith('--from'))
    .flatMap(line => line.split(' ').slice(0, -1))
  expect(copied).toContain('src')
  for (const path of copied) {
    expect(() => readFileSync(join(root, path))).not.toThrow(/ENOENT/)
    expect(
      seen.some(pattern => path === pattern || (pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1))))
    ).toBe(true)
  }
})

test.each(services.filter(([, { environment }]) => environment))(
  'the service %s sets what the program knows, and demands a token',
  async (_, { environment = {} }) => {
    expect(environment[TOKEN]).toMatch(/^\$\{IPFS_DATASETS_MCP_TOKEN:\?/)
    await configOf({ ...environment, [TOKEN]: 'secret' })
  }
)

test.each(services)('the service %s is reached from this machine only, and may do and write little', (_, service) => {
  for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/)
  expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'] })
})

test('one node starts unless the peers are asked for', () => {
  expect(services.filter(([, { profiles }]) => profiles === undefined).map(([name]) => name)).toEqual(['node'])
  expect(services.filter(([, { profiles }]) => profiles?.includes('peers')).map(([name]) => name)).toEqual([
    'alice',
    'bob',
    'join'
  ])
})
