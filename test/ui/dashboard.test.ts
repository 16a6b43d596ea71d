/** The dashboard in a real browser, over real servers. */
import { mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Browser, CHROMIUM, openBrowser, type Page, SHIFT } from '../helpers/chromium.ts'
import { startPeerNode } from '../helpers/peer-node.ts'
import {
  type Connection,
  connectHttp,
  createWorkspace,
  end,
  type HttpProcess,
  startHttp
} from '../helpers/processes.ts'

const SHOTS = join(tmpdir(), 'dashboard-shots')
const MARKUP = '<img src=x onerror=window.hurt=1>'
const TOKEN = 'a-token-of-the-tests'

if (!CHROMIUM)
  console.warn('SKIPPED: no Chromium here, so nobody has looked at the dashboard; apt-get install chromium')

const PEERS = {
  IPFS_DATASETS_MCP_P2P_ENABLED: 'true',
  IPFS_DATASETS_MCP_P2P_LISTEN: '/ip4/127.0.0.1/tcp/0',
  IPFS_DATASETS_MCP_P2P_MDNS: 'false'
}

const text = 'document.body.innerText'
const shows = (words: string) => `${text}.includes(${JSON.stringify(words)})`
const states = `[...document.querySelectorAll('[aria-label^="Tasks,"] .badge')].map(badge => badge.innerText)`
const focused = 'document.activeElement.innerText'

describe.skipIf(!CHROMIUM)('the dashboard', { timeout: 60_000 }, () => {
  let browser: Browser
  const stack = new AsyncDisposableStack()

  beforeAll(async () => {
    await mkdir(SHOTS, { recursive: true })
    browser = stack.use(await openBrowser())
  })
  afterAll(() => stack.disposeAsync())

  /** Goes on with Tab until the words have the focus. */
  async function tabTo(page: Page, words: string, modifiers = 0): Promise<void> {
    for (let n = 0; n < 80; n++) {
      await page.press('Tab', modifiers)
      if ((await page.read<string>(focused)).trim() === words) return
    }
    throw new Error(`The focus never came to "${words}"`)
  }

  async function goTo(page: Page, view: string, words: string): Promise<void> {
    await page.read(`location.hash = '#/${view}'`)
    await page.until(shows(words))
  }

  async function serve(env: Record<string, string>): Promise<{ server: HttpProcess; ui: string; cwd: string }> {
    const workspace = stack.use(await createWorkspace())
    await writeFile(join(workspace.cwd, `${MARKUP}.csv`), `${MARKUP},n\n"${MARKUP}",1\n"${MARKUP}",2\n`)
    const days = Array.from(
      { length: 60 },
      (_, at) => `${at},2024-01-${String((at % 28) + 1).padStart(2, '0')},k${at % 3}`
    )
    await writeFile(join(workspace.cwd, 'days.csv'), `n,day,kind\n${days.join('\n')}\n`)
    const server = stack.use(await startHttp(workspace, [], env))
    return { server, ui: new URL('/ui/', server.url).href, cwd: workspace.cwd }
  }

  describe('of a server without a token', () => {
    let page: Page
    let client: Connection
    let ui: string

    beforeAll(async () => {
      const served = await serve({})
      ui = served.ui
      client = stack.use(await connectHttp(served.server))
      page = await browser.open(ui)
    })
    beforeEach(() => {
      page.problems.length = 0
      page.requests.length = 0
    })

    test('says in each empty view what to do next', async () => {
      await goTo(page, '', 'Monitoring')
      await goTo(page, 'datasets', 'ipfs-datasets-mcp call load_dataset')
      await goTo(page, 'pins', 'ipfs-datasets-mcp call pin_to_ipfs')
      await goTo(page, 'queue', 'ipfs-datasets-mcp call task_submit')
      await goTo(page, 'peers', 'start the server with --p2p')
      await goTo(page, 'calls', 'ipfs-datasets-mcp call list_datasets')
      await goTo(page, 'datasets/none', 'NOT_FOUND')
      expect(page.problems).toEqual([])
    })

    test('shows by itself what has come, while it is live', async () => {
      await goTo(page, 'datasets', 'There is no dataset yet')
      await client.call('load_dataset', { source: 'days.csv' })
      await client.call('load_dataset', { source: `${MARKUP}.csv`, options: { dataset_id: 'markup' } })
      await page.until(shows('markup'))
    })

    test('counts calls and their times', async () => {
      await goTo(page, 'calls', 'Last calls')
      await page.until(shows('load_dataset'))
      const plot = await page.read<string>(`document.querySelector('svg[role=img]').getAttribute('aria-label')`)
      expect(plot).toMatch(/^Durations of load_dataset: ≤ .*: \d/)
      await client.call('describe_dataset', { dataset_id: 'nowhere' })
      await page.until(shows('NOT_FOUND'))
    })

    test('shows figures, plots, rows and the origin of a dataset', async () => {
      await goTo(page, 'datasets/days', 'Where it came from')
      await page.until(`document.querySelectorAll('.distribution svg[role=img]').length === 2`)
      await page.until(`document.querySelectorAll('.bars li').length === 3`)
      expect(await page.read(`document.querySelector('.distribution svg').getAttribute('aria-label')`)).toBe(
        'n in 20 steps from 0 to 59; most, 3, in step 1'
      )
      expect(await page.read(`document.querySelectorAll('svg[role=img] rect').length`)).toBe(40)
      expect(await page.read(text)).toMatch(/load.*gave days version 1, 60 rows/)
      expect(await page.read(text)).toContain('days.csv')
    })

    test('turns its pages by keyboard, forth and back, and the focus stays', async () => {
      await goTo(page, 'datasets/days', '1–25 of 60')
      const first = `document.querySelector('[aria-label=Rows] tbody tr').innerText.split('\\t')[0]`
      expect(await page.read(first)).toBe('0')
      await tabTo(page, 'Next')
      await page.press('Enter')
      await page.until(shows('26–50 of 60'))
      expect(await page.read(first)).toBe('25')
      expect(await page.read(focused)).toBe('Next')
      await page.press('Enter')
      await page.until(shows('51–60 of 60'))
      await tabTo(page, 'Previous', SHIFT)
      await page.press(' ')
      await page.until(shows('26–50 of 60'))
    })

    test('goes from view to view by keyboard alone, with the focus in sight', async () => {
      await page.goto(ui)
      await page.until(shows('What it serves'))
      await page.press('Tab')
      expect(await page.read(focused)).toBe('Skip to the content')
      await tabTo(page, 'Datasets')
      expect(await page.read(`getComputedStyle(document.activeElement).outlineStyle`)).toBe('solid')
      await page.press('Enter')
      await page.until(shows('markup'))
      expect(await page.read(`document.activeElement.tagName`)).toBe('H1')
      await tabTo(page, 'days')
      await page.press('Enter')
      await page.until(shows('Where it came from'))
      expect(await page.read('document.title')).toBe('days · IPFS datasets')
    })

    test('lists the tools of a category', async () => {
      await goTo(page, '', 'What it serves')
      await tabTo(page, 'Datasets')
      await page.read(`document.querySelector('[data-key="category dataset_tools"]').focus()`)
      await page.press('Enter')
      await page.until(shows('query_dataset'))
    })

    test('takes markup in names and cells for text, and the policy was never asked', async () => {
      await goTo(page, 'datasets/markup', 'Where it came from')
      await page.until(`document.querySelectorAll('.bars .value').length > 0 && ${shows('1–2 of 2')}`)
      expect(await page.read('document.querySelectorAll("main img").length')).toBe(0)
      expect(await page.read('window.hurt')).toBeUndefined()
      expect(await page.read(text)).toContain(MARKUP)
      expect(page.problems).toEqual([])
    })

    test('could not run such markup even where a fault put it into the page', async () => {
      await expect(page.read(`document.body.innerHTML = ${JSON.stringify(MARKUP)}`)).rejects.toThrow(/TrustedHTML/)
      await page.read(`document.body.append(Object.assign(document.createElement('a'), { id: 'bad' }))`)
      await page.read(`document.getElementById('bad').setAttribute('onclick', 'window.hurt = 1')`).catch(() => {})
      await page.read(`document.getElementById('bad').click()`)
      expect(await page.read('window.hurt')).toBeUndefined()
      await page.goto(ui)
    })

    test('only looks: it offers no action, and the server refuses one that it makes all the same', async () => {
      await client.call('pin_to_ipfs', { content_source: 'days.csv' })
      await goTo(page, 'pins', 'all here')
      expect(await page.read(`document.querySelectorAll('main button:not(.plain)').length`)).toBe(0)
      const answer = await page.read<string>(`import('./mcp.js')
        .then(({ call }) => call('queue_pause'))
        .then(() => 'done', error => error.code)`)
      expect(answer).toBe('FORBIDDEN')
      await page.read(`document.getElementById('access').click()`)
      await page.until(shows('This server has no access token'))
      await page.press('Escape')
    })

    test('asks nobody but its server, and has no errors, in light, in dark and on a narrow screen', async () => {
      const looks = [
        { scheme: 'light', width: 1280 },
        { scheme: 'dark', width: 1280 },
        { scheme: 'dark', width: 390 }
      ] as const
      for (const look of looks) {
        await page.look({ ...look, height: 900 })
        await page.goto(ui)
        for (const [view, words] of VIEWS) {
          await goTo(page, view, words)
          const name = `${view.replace('/', '-') || 'overview'}-${look.scheme}-${look.width}.png`
          await page.screenshot(join(SHOTS, name))
          // Tables scroll in themselves; the page never scrolls sideways.
          expect(await page.read('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
        }
        const ground = await page.read<string>('getComputedStyle(document.body).backgroundColor')
        expect(Number(/\d+/.exec(ground)?.[0]) < 128).toBe(look.scheme === 'dark')
      }
      const { origin } = new URL(ui)
      expect(page.requests.filter(url => !url.startsWith(origin))).toEqual([])
      expect(page.requests.length).toBeGreaterThan(VIEWS.length)
      expect(page.problems).toEqual([])
    })
  })

  test('says when its server is gone, and goes on by itself when it is back', async () => {
    const workspace = stack.use(await createWorkspace())
    const server = await startHttp(workspace)
    const page = await browser.open(new URL('/ui/', server.url).href)
    await goTo(page, 'calls', 'No call since the server started')
    await end(server.child)
    await page.until(shows('The server does not answer'))
    const port = new URL(server.url).port
    stack.use(await startHttp(workspace, ['--port', port]))
    await page.until(shows('No call since the server started'))
    expect(page.problems).toEqual([])
  })

  describe('of a server with a token', () => {
    let page: Page
    let url: string

    beforeAll(async () => {
      const served = await serve({ IPFS_DATASETS_MCP_TOKEN: TOKEN, ...PEERS })
      url = served.server.url
      page = await browser.open(served.ui)
    })

    const call = async (name: string, args: object = {}) => {
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } })
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` }
      const answer = Object(await (await fetch(url, { method: 'POST', headers, body })).json())
      return Object(answer.result).structuredContent
    }

    async function enter(token: string): Promise<void> {
      await page.until(`document.getElementById('token').open`)
      await page.read(`document.getElementById('token-input').focus()`)
      await page.type(token)
      await page.press('Enter')
    }

    test('shows nothing before it is given, and asks again for a wrong one', async () => {
      await page.until(shows('UNAUTHENTICATED'))
      await enter('wrong')
      await page.until(`document.getElementById('token-input').value === '' && document.getElementById('token').open`)
      await enter(TOKEN)
      await page.until(shows('What it serves'))
      expect(await page.read(`document.getElementById('access').innerText`)).toBe('May act')
      expect(await page.read('localStorage.length + document.cookie.length')).toBe(0)
    })

    test('pauses the queue after a question and resumes it, by keyboard', async () => {
      await goTo(page, 'queue', 'Pause the queue')
      await tabTo(page, 'Pause the queue')
      await page.press('Enter')
      await page.until(`document.getElementById('confirm').open`)
      await page.press('Escape')
      expect(await call('queue_stats')).toMatchObject({ paused: false })
      await page.until(`!document.getElementById('confirm').open`)
      expect(await page.read(focused)).toBe('Pause the queue')
      await page.press('Enter')
      await page.until(`document.getElementById('confirm').open`)
      await tabTo(page, 'Pause')
      await page.press('Enter')
      await page.until(shows('Paused in the dashboard'))
      expect(await call('queue_stats')).toMatchObject({ paused: true, pause_reason: 'Paused in the dashboard' })
    })

    test('cancels and retries tasks, and shows why they failed', async () => {
      await call('task_submit', { task_id: 'mine', task_type: 'tool.call', payload: { tool: 'list_datasets' } })
      await page.until(shows('mine'))
      await page.read(`document.querySelector('[data-key="cancel mine"]').click()`)
      await page.until(shows('It ends without having run.'))
      await page.read(`document.getElementById('confirm-yes').click()`)
      await page.until(`${states}.includes('cancelled')`)
      expect(await call('task_status', { task_id: 'mine' })).toMatchObject({ status: 'cancelled' })
      await page.read(`document.querySelector('[data-key="retry mine"]').click()`)
      await page.until(`${text}.includes('task_retry: done')`)
      await page.read(`document.querySelector('[data-key=pause]').click()`)
      await page.until(`${states}.includes('completed')`)
      await page.read(
        `Object.assign(document.querySelector('select'), { value: 'cancelled' }).dispatchEvent(new Event('change'))`
      )
      await page.until(`document.querySelectorAll('[aria-label="Tasks, newest first"] tbody tr').length === 1`)
      await page.screenshot(join(SHOTS, 'queue-token.png'))
    })

    test('unpins after a question', async () => {
      const { cid } = await call('pin_to_ipfs', { content_source: 'days.csv' })
      await goTo(page, 'pins', 'Unpin')
      await page.read(`document.querySelector('[data-key="unpin ${cid}"]').click()`)
      await page.until(shows('Its blocks stay until the next garbage collection'))
      await page.screenshot(join(SHOTS, 'unpin.png'))
      await page.read(`document.getElementById('confirm-yes').click()`)
      await page.until(shows('Nothing is pinned'))
      expect(await call('ipfs_list_pins')).toMatchObject({ total: 0 })
    })

    test('shows the peers, and what is measured of them', async () => {
      await goTo(page, 'peers', 'ipfs-datasets-mcp p2p invite')
      const bob = stack.use(await startPeerNode())
      const { invitation } = await call('peer_invite')
      expect(await bob.call('peer_join', { invitation })).toMatchObject({ success: true })
      await page.until(`document.querySelector('[aria-label=Peers] code[title="${bob.peerId}"]')`)
      expect(await page.read(text)).toMatch(/connected\ttrusted/)
      await page.screenshot(join(SHOTS, 'peers-token.png'))
    })

    test('forgets it when told to', async () => {
      await page.read(`document.getElementById('access').click()`)
      await page.read(`document.getElementById('token-forget').click()`)
      await page.until(shows('UNAUTHENTICATED'))
      expect(await page.read('sessionStorage.length')).toBe(0)
      expect(page.problems).toEqual([])
    })
  })
})

const VIEWS = [
  ['', 'What it serves'],
  ['calls', 'Last calls'],
  ['datasets', 'markup'],
  ['datasets/days', 'Where it came from'],
  ['pins', 'all here'],
  ['queue', 'Workers'],
  ['peers', 'Peer-to-peer is off']
] as const
