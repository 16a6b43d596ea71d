/** Binds a server to a TCP port, or to a Unix socket that only its owner can open. */
import { chmod, mkdtemp, rename, rm } from 'node:fs/promises'
import type { Server } from 'node:http'
import { connect, type ListenOptions } from 'node:net'
import { join } from 'node:path'
import { AppError, hasCode } from '../core/errors.ts'

export async function listenOnPort(server: Server, host: string, port: number): Promise<string> {
  try {
    await listen(server, { host, port })
  } catch (cause) {
    if (!hasCode(cause, 'EADDRINUSE')) throw cause
    throw new AppError('CONFIG_INVALID', `Port ${port} of ${host} is taken; choose another, or 0 for any`, { cause })
  }
  const address = server.address()
  const bound = typeof address === 'object' && address ? address.port : port
  return `http://${host.includes(':') ? `[${host}]` : host}:${bound}/mcp`
}

export async function listenOnSocket(server: Server, path: string): Promise<string> {
  if (await isAnswering(path)) {
    throw new AppError('DATA_DIRECTORY_BUSY', `Another process serves ${path}; stop it, or use another data directory`)
  }
  // Made where nobody else can reach it, and moved into place with its final mode; what a killed process left is replaced.
  const nursery = await mkdtemp(`${path}-`)
  try {
    await listen(server, { path: join(nursery, 's') })
    await chmod(join(nursery, 's'), 0o600)
    await rename(join(nursery, 's'), path)
  } catch (error) {
    server.close()
    throw error
  } finally {
    await rm(nursery, { recursive: true, force: true })
  }
  return `unix:${path}`
}

function listen(server: Server, options: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(options, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function isAnswering(path: string): Promise<boolean> {
  return new Promise(resolve => {
    const probe = connect(path)
    probe.on('error', () => resolve(false))
    probe.on('connect', () => {
      probe.destroy()
      resolve(true)
    })
  })
}
