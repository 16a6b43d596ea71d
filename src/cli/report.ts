/** How a command that failed ends: with a readable failure, or its envelope, and an exit code. */
import { AppError, toWireError, type WireError } from '../core/errors.ts'
import { FailedCall, type Problem } from './failed-call.ts'
import { knownTools } from './known-tools.ts'
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
  if (error instanceof FailedCall) {
    const { problem, tool, args } = error
    const tools = knownTools()
    const entry = tools.has(tool) ? tools.resolve(tool).entry : undefined
    return printProblem(problem, { isJson, next: nextStep(problem, { entry, args }) }, terminal)
  }
  const fault = usageFault(error, command)
  if (fault === undefined && !(error instanceof AppError)) throw error
  const wire: WireError =
    fault === undefined ? toWireError(error) : { error: 'INVALID_INPUT', message: fault, retryable: false }
  const problem: Problem = { success: false, status: 'error', ...wire }
  if (fault === undefined) return printProblem(problem, { isJson, next: nextStep(wire) }, terminal)
  if (isJson) printProblem(problem, { isJson, next: undefined }, terminal)
  else printFault(fault, command ? `${name} ` : '', terminal)
  return EXIT.usage
}

function printFault(fault: string, words: string, { stderr, env }: Terminal): void {
  const { bad, title } = lookOf(stderr, env)
  const help = title(`ipfs-datasets-mcp ${words}--help`)
  stderr.write(`${bad('Wrong usage')}  ${visibleLines(fault)}\nNext: ${help}\n`)
}
