/** A headless Chromium over the pipe of its DevTools protocol: what a page shows, what it asks for, and what goes wrong in it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { end } from './processes.ts'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Where it is; undefined on a machine without one. */
export const CHROMIUM = process.env.CHROMIUM ?? PLACES.find(path => existsSync(path))

type Message = { id?: number; method?: string; sessionId?: string; params?: object; result?: object; error?: object }

export interface Page {
  /** URLs of everything that the page asked for. */
  requests: string[]
  /** Exceptions, errors of the console, and what the content policy refused. */
  problems: string[]
  goto(url: string): Promise<void>
  /** The value of an expression in the page. */
  read<T>(expression: string): Promise<T>
  /** Waits until the expression is true; throws with what the page shows when it does not become so. */
  until(expression: string): Promise<void>
  /** Presses and releases a key, as a person does. */
  press(key: string, modifiers?: number): Promise<void>
  type(text: string): Promise<void>
  look(options: { scheme?: 'light' | 'dark'; width?: number; height?: number }): Promise<void>
  screenshot(path: string): Promise<void>
}

export interface Browser extends AsyncDisposable {
  open(url: string): Promise<Page>
}

export const SHIFT = 8
const CODES: Record<string, number> = { Tab: 9, Enter: 13, Escape: 27, ' ': 32, ArrowRight: 39, ArrowDown: 40 }
const PATIENCE_MS = 20_000

export async function openBrowser(): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), 'chromium-'))
  const flags = [
    '--headless=new',
    '--no-first-run',
    '--disable-gpu',
    '--hide-scrollbars',
    '--disable-background-networking'
  ]
  // Root, as in containers, has no sandbox to use.
  if (process.getuid?.() === 0) flags.push('--no-sandbox')
  const child = spawn(
    CHROMIUM ?? '',
    [...flags, '--remote-debugging-pipe', `--user-data-dir=${profile}`, 'about:blank'],
    {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe']
    }
  )
  // As `stdio` says above.
  const [outgoing, incoming] = [child.stdio[3] as Writable, child.stdio[4] as Readable]
  const waiting = new Map<number, PromiseWithResolvers<Record<string, unknown>>>()
  const listeners = new Map<string, (method: string, params: Record<string, unknown>) => void>()
  let lastId = 0
  let rest = ''
  incoming.setEncoding('utf8')
  incoming.on('data', chunk => {
    const messages = (rest + chunk).split('\0')
    rest = messages.pop() ?? ''
    for (const text of messages) {
      const { id, method, sessionId = '', params, result, error }: Message = JSON.parse(text)
      if (method !== undefined) listeners.get(sessionId)?.(method, { ...params })
      const answer = id === undefined ? undefined : waiting.get(id)
      if (error) answer?.reject(new Error(JSON.stringify(error)))
      else answer?.resolve({ ...result })
    }
  })
  child.on('exit', () => {
    for (const { reject } of waiting.values()) reject(new Error('Chromium has ended'))
  })

  function send(method: string, params: object = {}, sessionId?: string): Promise<Record<string, unknown>> {
    const id = ++lastId
    const answer = Promise.withResolvers<Record<string, unknown>>()
    waiting.set(id, answer)
    outgoing.write(`${JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) })}\0`)
    return answer.promise.finally(() => waiting.delete(id))
  }

  async function open(url: string): Promise<Page> {
    const { targetId } = await send('Target.createTarget', { url: 'about:blank' })
    const sessionId = String((await send('Target.attachToTarget', { targetId, flatten: true })).sessionId)
    const page = createPage((method, params) => send(method, params, sessionId))
    listeners.set(sessionId, page.hear)
    for (const domain of ['Page', 'Runtime', 'Network', 'Log', 'Audits']) await send(`${domain}.enable`, {}, sessionId)
    // A page behind another one would stand still.
    await send('Emulation.setFocusEmulationEnabled', { enabled: true }, sessionId)
    await page.look({})
    await page.goto(url)
    return page
  }

  return {
    open,
    async [Symbol.asyncDispose]() {
      const ended = child.exitCode === null ? once(child, 'exit') : undefined
      await send('Browser.close').catch(() => end(child))
      await ended
      await rm(profile, { recursive: true, force: true, maxRetries: 5 })
    }
  }
}

type Send = (method: string, params?: object) => Promise<Record<string, unknown>>

function createPage(send: Send): Page & { hear(method: string, params: Record<string, unknown>): void } {
  const requests: string[] = []
  const problems: string[] = []
  const view = { scheme: 'light', width: 1280, height: 800 }
  let loaded = Promise.withResolvers<void>()

  async function read<T>(expression: string): Promise<T> {
    const answer = await send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true })
    if (answer.exceptionDetails) throw new Error(`${expression}: ${JSON.stringify(answer.exceptionDetails)}`)
    // The test knows what it asks for.
    return Object(answer.result).value as T
  }

  return {
    requests,
    problems,
    read,

    hear(method, params) {
      if (method === 'Page.loadEventFired') loaded.resolve()
      if (method === 'Network.requestWillBeSent') requests.push(Object(params.request).url)
      if (method === 'Runtime.exceptionThrown') problems.push(JSON.stringify(params.exceptionDetails))
      if (method === 'Runtime.consoleAPICalled' && params.type === 'error') problems.push(JSON.stringify(params.args))
      const { level, text, source } = Object(params.entry)
      // A failed request is told here too; what the page makes of it is what counts.
      if (method === 'Log.entryAdded' && level === 'error' && source !== 'network') problems.push(text)
      const { code, details } = Object(params.issue)
      if (method === 'Audits.issueAdded' && code === 'ContentSecurityPolicyIssue')
        problems.push(JSON.stringify(details))
    },

    async goto(url) {
      loaded = Promise.withResolvers()
      await send('Page.navigate', { url })
      await loaded.promise
    },

    async until(expression) {
      const giveUpAt = Date.now() + PATIENCE_MS
      while (!(await read<boolean>(`Boolean(${expression})`))) {
        if (Date.now() > giveUpAt) {
          throw new Error(`Never true: ${expression}\n${await read<string>('document.body.innerText')}\n${problems}`)
        }
        await new Promise(resolve => setTimeout(resolve, 25))
      }
    },

    async press(key, modifiers = 0) {
      const text = key === 'Enter' ? '\r' : key.length === 1 ? key : undefined
      const code = { key, code: key === ' ' ? 'Space' : key, windowsVirtualKeyCode: CODES[key] ?? 0, modifiers }
      await send('Input.dispatchKeyEvent', {
        type: text === undefined ? 'rawKeyDown' : 'keyDown',
        ...code,
        ...(text && { text })
      })
      await send('Input.dispatchKeyEvent', { type: 'keyUp', ...code })
    },

    async type(text) {
      await send('Input.insertText', { text })
    },

    async look(options) {
      Object.assign(view, options)
      const { width, height, scheme } = view
      await send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false })
      await send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] })
    },

    async screenshot(path) {
      const { data } = await send('Page.captureScreenshot', { format: 'png' })
      await writeFile(path, Buffer.from(String(data), 'base64'))
    }
  }
}
