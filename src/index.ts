/** What a program that embeds a node may use. */
export { type Config, loadConfig } from './config.ts'
export { AppError, ERROR_TABLE, type ErrorCode, type Issue } from './core/errors.ts'
export { createLog, type Log, type LogLevel } from './core/log.ts'
export type { CallOutcome, CallRequest, Invoke } from './core/tool.ts'
export { type Node, type NodeParts, startNode } from './node.ts'
export { VERSION } from './version.ts'
