/**
 * The files of the dashboard. They hold nothing of this server: what the page shows it asks for at `/mcp` as any client does, so they need no
 * access token. The page may load nothing from elsewhere, run no script but its own, and be framed by nobody.
 */
import { hash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname } from 'node:path'
import { refuse } from './http-reply.ts'

/** The bundle lies beside its files; the source has a folder between. */
const FOLDER = new URL(import.meta.url.endsWith('.ts') ? '../ui/' : './ui/', import.meta.url)

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml'
}

const POLICY = [
  "default-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  // No text becomes markup, whatever a dataset is called.
  "require-trusted-types-for 'script'",
  "trusted-types 'none'"
].join('; ')

interface Asset {
  bytes: Buffer
  type: string
  etag: string
}

export type SendDashboard = (path: string, request: IncomingMessage, response: ServerResponse) => void

/** Reads the files once; there are few and they are small. */
export async function openDashboard(): Promise<SendDashboard> {
  const assets = new Map<string, Asset>()
  for (const name of await readdir(FOLDER, { recursive: true })) {
    const type = TYPES[extname(name)]
    if (type === undefined) continue
    const bytes = await readFile(new URL(name, FOLDER))
    assets.set(`/ui/${name}`, { bytes, type, etag: `"${hash('sha256', bytes).slice(0, 32)}"` })
  }

  return (path, request, response) => {
    if (path === '/ui') {
      // The page names its files relative to its folder.
      response.writeHead(308, { location: '/ui/' }).end()
      return
    }
    const asset = assets.get(path === '/ui/' ? '/ui/index.html' : path)
    if (!asset) return refuse(response, { status: 404, message: 'The dashboard is at /ui/' })
    const { bytes, type, etag } = asset
    const isKnown = request.headers['if-none-match'] === etag
    response.writeHead(isKnown ? 304 : 200, {
      etag,
      'cache-control': 'no-cache',
      'content-security-policy': POLICY,
      'cross-origin-opener-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      ...(!isKnown && { 'content-type': type, 'content-length': bytes.length })
    })
    response.end(isKnown || request.method === 'HEAD' ? undefined : bytes)
  }
}
