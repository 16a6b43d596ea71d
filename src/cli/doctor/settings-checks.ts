/** The settings, the token, and the ports that they ask for. */
import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { PYTHON_VARIABLES } from '../../config/python.ts'
import { isLoopback, TOKEN_VARIABLE } from '../../config/token.ts'
import { quoted } from '../shell-words.ts'
import { type Check, type Finding, failed, fine, skipped, warning, withConfig } from './check.ts'
import { portProblem } from './machine-checks.ts'

const SHORTEST_TOKEN = 16
const NEW_TOKEN = `export ${TOKEN_VARIABLE}="$(openssl rand -hex 32)"`

export const settingsChecks: readonly Check[] = [
  {
    id: 'settings',
    title: 'The settings can be read',
    run: ({ config }) =>
      'value' in config ? fine('All are valid') : failed(config.problem.message, 'ipfs-datasets-mcp serve --help')
  },
  {
    id: 'settings-file',
    title: 'Nobody else can change the settings file',
    async run({ machine: { env } }) {
      const path = env.IPFS_DATASETS_MCP_CONFIG
      if (path === undefined || path === '') return skipped('There is no settings file')
      const found = await stat(path).catch(() => undefined)
      if (!found) return failed(`${path} is not there`, 'unset IPFS_DATASETS_MCP_CONFIG')
      return (found.mode & 0o022) === 0
        ? fine(path)
        : failed(`Others may write to ${path}`, `chmod go-w ${quoted(path)}`)
    }
  },
  {
    id: 'old-variables',
    title: 'No variables of the Python server',
    run({ machine: { env } }) {
      const found = Object.keys(PYTHON_VARIABLES).filter(name => env[name] !== undefined && env[name] !== '')
      return found.length === 0
        ? fine('None are set')
        : warning(`${found.join(', ')} of the Python server decide settings here too`, `unset ${found.join(' ')}`)
    }
  },
  withConfig({
    id: 'token',
    title: 'The access token is hard to guess',
    run({ token }) {
      if (token === undefined) return skipped('There is none; only this machine can call')
      return token.length >= SHORTEST_TOKEN && new Set(token).size > 4
        ? fine('It is set')
        : failed('It is short or made of few characters', NEW_TOKEN)
    }
  }),
  withConfig({
    id: 'token-file',
    title: 'Nobody else can read the token file',
    async run({ server: { token_file: path } }) {
      if (path === undefined) return skipped('There is no token file')
      const found = await stat(path)
      return (found.mode & 0o077) === 0 ? fine(path) : failed(`Others can read ${path}`, `chmod 600 ${quoted(path)}`)
    }
  }),
  withConfig({
    id: 'allowed-hosts',
    title: 'Clients may use the name of this machine',
    run({ server }) {
      if (isLoopback(server.host)) return skipped('Only this machine can call')
      return server.allowed_hosts.length > 0
        ? fine(server.allowed_hosts.join(', '))
        : warning(
            `The server listens on ${server.host} and answers to no name that others know`,
            'export IPFS_DATASETS_MCP_SERVER_ALLOWED_HOSTS="$(hostname)"'
          )
    }
  }),
  withConfig({
    id: 'roots',
    title: 'The directories that calls may reach are there',
    async run({ roots, data_dir }) {
      for (const root of roots.filter(root => root !== data_dir)) {
        if (!(await stat(root).catch(() => undefined))?.isDirectory()) {
          return failed(`${root} is no directory`, `mkdir -p ${quoted(root)}`)
        }
      }
      return fine(roots.join(', '))
    }
  }),
  withConfig({
    id: 'roots-narrow',
    title: 'Calls reach no more than they need',
    run({ roots }, { home }) {
      const wide = roots.find(root => root === dirname(root) || root === home)
      return wide === undefined
        ? fine('No root is the whole disk or home directory')
        : warning(`Calls may read and write everything in ${wide}`, 'export IPFS_DATASETS_MCP_ROOTS="$HOME/data"')
    }
  }),
  withConfig({
    id: 'http-port',
    title: 'The HTTP port',
    async run({ server: { host, port } }) {
      const problem = port === 0 ? undefined : await portProblem(host, port)
      if (problem === undefined) return fine(`${host}:${port} is free`)
      if (problem === 'EADDRINUSE' && (await isOurs(host, port))) return fine(`A server runs at ${host}:${port}`)
      return failed(`${host}:${port} cannot be used: ${problem}`, 'export IPFS_DATASETS_MCP_SERVER_PORT=0')
    }
  }),
  withConfig({
    id: 'peer-ports',
    title: 'The ports for peers',
    async run({ p2p }) {
      if (!p2p.enabled) return skipped('Peer-to-peer is off')
      for (const address of p2p.listen) {
        const [, host, port] = /^\/ip[46]\/([^/]+)\/tcp\/(\d+)/.exec(address) ?? []
        const problem = host === undefined ? undefined : await portProblem(host, Number(port))
        if (problem !== undefined) {
          return failed(
            `${address} cannot be used: ${problem}`,
            'export IPFS_DATASETS_MCP_P2P_LISTEN=/ip4/0.0.0.0/tcp/0'
          )
        }
      }
      return fine(p2p.listen.join(', '))
    }
  }),
  {
    id: 'proxy',
    title: 'No proxy is asked for',
    run({ machine: { env } }): Finding {
      const found = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'].filter(
        name => env[name]
      )
      return found.length === 0
        ? fine('URLs are fetched directly')
        : warning(`${found.join(', ')} is set, and this server fetches URLs directly`, `unset ${found.join(' ')}`)
    }
  }
]

async function isOurs(host: string, port: number): Promise<boolean> {
  const name = host.includes(':') ? `[${host}]` : host
  const answer = await fetch(`http://${name}:${port}/health`, { signal: AbortSignal.timeout(2_000) }).catch(
    () => undefined
  )
  return (await answer?.text().catch(() => '')) === '{"status":"ok"}'
}
