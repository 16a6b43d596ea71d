/** `doctor`: what keeps this server from working well here, and the command that mends each of it. */
import { lookup } from 'node:dns/promises'
import { readFile, statfs } from 'node:fs/promises'
import { freemem, platform, tmpdir, userInfo } from 'node:os'
import { parseArgs } from 'node:util'
import { configure } from './common.ts'
import type { Machine } from './doctor/check.ts'
import type { Report } from './doctor/examine.ts'
import { type Look, lookOf, visible } from './look.ts'
import { COMMON_OPTIONS } from './options.ts'
import { type Command, EXIT, type Terminal } from './terminal.ts'

const HELP = `Usage: ipfs-datasets-mcp doctor [--json] [--quick]

Checks this machine, the settings, the data directory, the ports and the settings of MCP clients, and lets every service work
once in a directory of its own. Changes nothing. Exits with 1 if something does not work, otherwise with 0.

  --json     The findings as JSON
  --quick    Without the tests of the services

Examples:
  ipfs-datasets-mcp doctor
  ipfs-datasets-mcp doctor --json --quick
`

const WORD = { fine: 'ok  ', skipped: '-   ', warning: 'warn', failed: 'FAIL' } as const
const COLOUR = { fine: 'good', skipped: 'faint', warning: 'warn', failed: 'bad' } as const

export const doctor: Command = {
  summary: 'Check what this server needs, and tell what mends it',
  help: HELP,
  async run(args, terminal) {
    const options = { ...COMMON_OPTIONS, json: { type: 'boolean' }, quick: { type: 'boolean' } } as const
    const { json = false, quick = false, ...flags } = parseArgs({ args, options }).values
    const machine = machineOf(terminal)
    const config = await configure(flags, terminal).then(
      value => ({ value }),
      problem => ({ problem: problem instanceof Error ? problem : new Error(String(problem)) })
    )
    const { examine, testServices } = await import('./doctor/examine.ts')
    const look = lookOf(terminal.stdout, terminal.env)
    const reports: Report[] = []
    const tell = (report: Report) => {
      reports.push(report)
      if (!json) terminal.stdout.write(describe(report, look))
    }
    for await (const report of examine({ machine, config })) tell(report)
    // What a service complains of while it is tested is in the findings; the log is for who asks for it.
    const log = terminal.createLog(flags['log-level'] === 'debug' ? 'debug' : 'silent', 'auto')
    if (!quick) for await (const report of testServices(machine, log)) tell(report)
    const isWell = reports.every(({ status }) => status !== 'failed')
    terminal.stdout.write(
      json ? `${JSON.stringify({ ok: isWell, checks: reports }, undefined, 2)}\n` : summary(reports)
    )
    return isWell ? EXIT.ok : EXIT.failed
  }
}

function describe(report: Report, look: Look): string {
  const line = `${look[COLOUR[report.status]](WORD[report.status])}  ${report.title}: ${visible(report.message)}\n`
  return 'cure' in report ? `${line}      mend it with: ${look.title(report.cure)}\n` : line
}

function summary(reports: readonly Report[]): string {
  const count = (status: Report['status']) => reports.filter(report => report.status === status).length
  return `\n${reports.length} checks: ${count('fine')} ok, ${count('warning')} warnings, ${count('failed')} failed, ${count('skipped')} do not apply\n`
}

function machineOf({ env, cwd, home, nodeVersion }: Terminal): Machine {
  return {
    env,
    cwd,
    home,
    nodeVersion,
    platform: platform(),
    userId: platform() === 'win32' ? undefined : userInfo().uid,
    temporaryDirectory: tmpdir(),
    now: Date.now,
    freeMemoryBytes: freemem,
    async openFileLimit() {
      const limits = await readFile('/proc/self/limits', 'utf8').catch(() => '')
      const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1]
      return soft === undefined ? undefined : Number(soft)
    },
    async space(path) {
      const { bavail, bsize, files, ffree } = await statfs(path)
      return { freeBytes: bavail * bsize, freeFiles: files === 0 ? undefined : ffree }
    },
    lookup: async name => (await lookup(name)).address,
    load: module => import(module)
  }
}
