import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import { runCli } from '../helpers/command.ts'
import { connectHttp, createWorkspace, end, MAIN, startHttp, type Workspace } from '../helpers/processes.ts'
import { hasPseudoTerminals, runInTerminal, startInTerminal } from '../helpers/pseudo-terminal.ts'

const ESCAPE = '\u001b'
const CTRL_C = '\u0003'

/** What a hostile file may have in it: an escape code that clears the screen, lines, wide characters, and much text. */
const ROWS = [
  { name: 'Ada', born: 1815, note: `${ESCAPE}[2J${ESCAPE}]0;owned\u0007 and\nmore` },
  { name: '李清照', born: 1084, note: '🙂'.repeat(200) },
  { name: 'Alan', born: 1912, note: 'x'.repeat(500) }
]

async function withPeople(): Promise<Workspace> {
  const workspace = await createWorkspace()
  await writeFile(join(workspace.cwd, 'people.json'), JSON.stringify(ROWS))
  expect((await runCli(workspace, ['call', 'load_dataset', 'source=people.json'])).code).toBe(0)
  return workspace
}

const ASK = ['call', 'query_dataset', 'dataset_id=people', 'sql=SELECT name, born, note FROM dataset']

describe.skipIf(!hasPseudoTerminals())('in a terminal', () => {
  test('there are colours, and none with NO_COLOR, --no-color or TERM=dumb', async () => {
    await using workspace = await createWorkspace()
    const list = ['tools', 'dataset_tools']
    expect((await runInTerminal(workspace, list)).shown).toContain(ESCAPE)
    for (const [args, env] of [
      [list, { NO_COLOR: '1' }],
      [list, { TERM: 'dumb' }],
      [[...list, '--no-color'], { FORCE_COLOR: '1' }],
      [['--no-color', 'call', 'load_datset'], {}]
    ] as const) {
      expect((await runInTerminal(workspace, [...args], { env })).shown).not.toContain(ESCAPE)
    }
  })

  test.each([20, 43, 80, 200])(
    'in %i columns no row is wider, and a hint says how to see what was cut',
    async columns => {
      await using workspace = await withPeople()
      const { code, shown } = await runInTerminal(workspace, ASK, { columns })
      const lines = stripVTControlCharacters(shown).split('\n')
      const first = lines.findIndex(line => /^name +born/.test(line))
      const rows = lines.slice(first, first + ROWS.length + 1)
      expect([code, rows.length]).toEqual([0, ROWS.length + 1])
      expect(rows.filter(row => columnsOf(row) > columns)).toEqual([])
      expect(shown).toContain('--json shows everything')
      // Of a terminal that is wide enough every column is used.
      if (columns === 80) expect(Math.max(...rows.map(columnsOf))).toBeGreaterThan(columns - 2)
    }
  )

  test('what stands in data does nothing to the terminal', async () => {
    await using workspace = await withPeople()
    const { shown } = await runInTerminal(workspace, [...ASK, '--no-color'])
    expect([shown.includes(ESCAPE), shown.includes('\u0007')]).toEqual([false, false])
    expect(shown).toContain('\\u001b[2J')
    const message = await runInTerminal(workspace, ['call', `load_dataset${ESCAPE}[2J`, '--no-color'])
    expect(message.shown).not.toContain(ESCAPE)
  })

  test('Ctrl-C during long work ends it with 130; the bar goes, and nothing is left behind or locked', async () => {
    await using workspace = await withBigFile()
    await using terminal = startInTerminal(workspace, ['call', 'ipfs_add', 'path=big'])
    await expect.poll(terminal.shown, { timeout: 20_000 }).toContain('bytes stored')
    terminal.press(CTRL_C)
    expect(await terminal.ended).toBe(130)
    const text = stripVTControlCharacters(terminal.shown().slice(terminal.shown().lastIndexOf('\u001b[K')))
    expect(text.replace('^C', '').trim().split('\r\n')).toEqual([
      'Stopping; the same again ends it at once',
      'Cancelled'
    ])
    const pins = await runCli(workspace, ['call', 'ipfs_list_pins', '--json'])
    expect(JSON.parse(pins.stdout)).toMatchObject({ success: true, total: 0 })
    expect(await readdir(join(workspace.dataDir, 'scratch')).catch(() => [])).toEqual([])
  }, 60_000)
})

/** 8 GB that take no room. */
async function withBigFile(): Promise<Workspace> {
  const workspace = await createWorkspace()
  await using file = await open(join(workspace.cwd, 'big'), 'w')
  await file.truncate(8 * 1024 ** 3)
  return workspace
}

/** By the character, as a terminal with the wide ones of these tests counts. */
const columnsOf = (row: string): number => [...row].reduce((sum, char) => sum + (/[李清照🙂]/u.test(char) ? 2 : 1), 0)

describe('into a pipe', () => {
  test('there are no colours but with FORCE_COLOR, nothing is cut, and no progress is told', async () => {
    await using workspace = await withPeople()
    const plain = await runCli(workspace, ASK, { TERM: 'xterm-256color' })
    expect(plain.stdout).toContain('x'.repeat(500))
    expect([plain.stdout.includes(ESCAPE), plain.stderr]).toEqual([false, ''])
    expect((await runCli(workspace, ASK, { FORCE_COLOR: '1' })).stdout).toContain(`${ESCAPE}[1m`)
  })

  test('a reader that goes away ends the program without a trace of it', async () => {
    await using workspace = await createWorkspace()
    const child = spawn(process.execPath, [MAIN, 'tools', 'show', 'query_dataset', '--json'], { cwd: workspace.cwd })
    child.stdout.destroy()
    const complaints = await child.stderr.toArray()
    expect(String(Buffer.concat(complaints))).toBe('')
  })

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143]
  ] as const)(
    '%s cancels the call, ends with %i and, as JSON, says so',
    async (signal, code) => {
      await using workspace = await createWorkspace()
      await using server = await startHttp(workspace)
      const args = ['call', 'task_claim', 'worker_id=w', 'task_types=["resize"]', 'wait_s=60', '--json']
      const child = spawn(process.execPath, [MAIN, ...args, '--data-dir', workspace.dataDir], { cwd: workspace.cwd })
      await using _ended = { [Symbol.asyncDispose]: () => end(child, 'SIGKILL') }
      await using client = await connectHttp(server)
      const isWaiting = async () => (await client.call('worker_status', { worker_id: 'w' })).status
      await expect.poll(isWaiting, { timeout: 20_000 }).toBe('active')
      child.kill(signal)
      const [printed, [exit]] = await Promise.all([child.stdout.toArray(), once(child, 'exit')])
      expect(exit).toBe(code)
      expect(JSON.parse(String(Buffer.concat(printed)))).toMatchObject({ success: false, error: 'CANCELLED' })
      // The owner of the queue does not give a task to who has gone.
      await client.call('task_submit', { task_type: 'resize', payload: {}, task_id: 'later' })
      expect(await client.call('task_status', { task_id: 'later' })).toMatchObject({ status: 'queued' })
    },
    60_000
  )

  test('the second signal ends at once what takes its time to stop', async () => {
    await using workspace = await createWorkspace()
    await using server = await startHttp(workspace, [], { IPFS_DATASETS_MCP_SERVER_STOP_TIMEOUT_S: '600' })
    await using client = await connectHttp(server)
    const claim = { worker_id: 'w', task_types: ['resize'], wait_s: 60 }
    const waiting = client.call('task_claim', claim).catch(() => 'broken')
    const isWaiting = async () => (await client.call('worker_status', { worker_id: 'w' })).status
    await expect.poll(isWaiting, { timeout: 20_000 }).toBe('active')
    server.child.kill('SIGINT')
    const takesCalls = () =>
      fetch(server.url)
        .then(({ status }) => status !== 503)
        .catch(() => false)
    await expect.poll(takesCalls, { timeout: 20_000 }).toBe(false)
    expect([server.child.exitCode, server.child.signalCode]).toEqual([null, null])
    server.child.kill('SIGINT')
    expect(await once(server.child, 'exit')).toEqual([null, 'SIGINT'])
    expect(await waiting).toBe('broken')
  }, 60_000)
})
