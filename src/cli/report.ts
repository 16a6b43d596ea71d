/** How a command that failed ends: with a readable failure, or its envelope, and an exit code. */
import { AppError, toWireError, type WireError } from '../core/errors.ts'
import { lookOf, visibleLines } from './look.ts'
import { nextStep } from './next-step.ts'
import { printProblem } from './problem.ts'
import { type Command, EXIT, type ExitCode, type Terminal } from './terminal.ts'
import { usageFault } from './usage.ts'

interface Ran {
  name: string
  command: Command | undefined
  isJson: boolean
}

/** What is neither wrong usage nor a failure with a code is thrown on. */
export function report(error: unknown, { name, command, isJson }: Ran, terminal: Terminal): ExitCode {
  const fault = usageFault(error, command)
  if (fault === undefined && !(error instanceof AppError)) throw error
  const wire: WireError =
    fault === undefined ? toWireError(error) : { error: 'INVALID_INPUT', message: fault, retryable: false }
  if (fault === undefined || isJson) {
    const code = printProblem({ success: false, status: 'error', ...wire }, { isJson, next: nextStep(wire) }, terminal)
    return fault === undefined ? code : EXIT.usage
  }
  const { stderr, env } = terminal
  const { bad, title } = lookOf(stderr, env)
  const help = title(`ipfs-datasets-mcp ${command ? `${name} ` : ''}--help`)
  stderr.write(`${bad('Wrong usage')}  ${visibleLines(fault)}\nNext: ${help}\n`)
  return EXIT.usage
}
