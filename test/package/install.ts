/** What a user gets: the tarball in a folder of its own, a client on the program in it, and whether there is a registry to install from. */
import { execFile, execFileSync } from 'node:child_process'
import { promisify } from 'node:util'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'

export interface Command {
  command: string
  args: string[]
  env?: Record<string, string>
}

/** Says on the console that something is left out when there is no registry. */
export function hasRegistry(): boolean {
  try {
    execFileSync('npm', ['ping', '--fetch-retries=0', '--fetch-timeout=5000'], { stdio: 'ignore' })
    return true
  } catch {
    console.warn('SKIPPED: no npm registry answers, so the package is not installed as a user would')
    return false
  }
}

/** Runs a program to its end, under a home directory of its own. A failure tells what was printed. */
export async function run(cwd: string, command: string, args: string[]) {
  const env = { ...process.env, HOME: cwd, IPFS_DATASETS_MCP_DATA_DIR: `${cwd}/data` }
  return promisify(execFile)(command, args, { cwd, env }).catch(error => {
    throw new Error(`${error.message}\n${error.stdout}`)
  })
}

/** Starts a server as an MCP client does, in `cwd`. */
export async function connect(cwd: string, { command, args, env = {} }: Command): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' })
  const transport = new StdioClientTransport({
    command,
    args,
    cwd,
    env: { PATH: process.env.PATH ?? '', HOME: cwd, ...env },
    stderr: 'inherit'
  })
  await client.connect(transport)
  return client
}
