/** Secrets, and when there must be one. */
import { isIPv4 } from 'node:net'
import type { Issue } from '../core/errors.ts'
import { ENV_PREFIX } from './settings.ts'

export const TOKEN_VARIABLE = `${ENV_PREFIX}TOKEN`
/** As the programs of the hub call it. */
export const HUB_TOKEN_VARIABLE = 'HF_TOKEN'

/** What an HTTP header can carry as a bearer token. */
const TOKEN = /^[\x21-\x7e]{1,4096}$/

/** From the environment, or else from the file. What is wrong is told without the token. */
export async function readToken(
  env: Record<string, string | undefined>,
  { variable, key }: { variable: string; key: string },
  file: string | undefined,
  readFile: (path: string) => Promise<string>
): Promise<{ token: string | undefined; issue?: Issue }> {
  const given = env[variable]
  if (given === undefined && file === undefined) return { token: undefined }
  const path = given === undefined ? `${key} (${file})` : variable
  const text = given ?? (await readFile(file ?? '').catch(() => undefined))
  if (text === undefined) return { token: undefined, issue: { path, message: 'names a file that cannot be read' } }
  const token = text.trim()
  if (TOKEN.test(token)) return { token }
  return { token: undefined, issue: { path, message: 'takes one line of visible ASCII characters without spaces' } }
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))
}
