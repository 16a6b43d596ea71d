/** The command that brings somebody further after a failure. */
import type { ManifestTool } from '../core/catalog.ts'
import type { ErrorCode, WireError } from '../core/errors.ts'
import type { ServiceName } from '../core/tool.ts'
import { commandLine } from './shell-words.ts'

/** What was called, as far as it is known. */
interface Called {
  entry?: ManifestTool | undefined
  args?: Record<string, unknown>
}

const STEPS: Partial<Record<ErrorCode, readonly string[]>> = {
  SERVICE_UNAVAILABLE: ['doctor'],
  INTERNAL: ['doctor'],
  CONFIG_INVALID: ['doctor', '--quick'],
  DATA_DIRECTORY_BUSY: ['doctor', '--quick'],
  STORAGE_FAILED: ['doctor', '--quick'],
  STORAGE_FULL: ['call', 'ipfs_gc'],
  PEER_UNREACHABLE: ['p2p', 'peers'],
  PEER_MISMATCH: ['p2p', 'peers'],
  BUSY: ['queue', 'stats']
}

/** What lists the things that a service knows. */
const LISTS: [ServiceName, readonly string[]][] = [
  ['datasets', ['call', 'list_datasets']],
  ['queue', ['tasks', 'list']],
  ['objects', ['call', 'manage_collections', 'action=list']],
  ['blocks', ['call', 'ipfs_list_pins']]
]

/** Undefined where the message says all there is. */
export function nextStep({ error, details }: WireError, { entry, args = {} }: Called = {}): string | undefined {
  if (error === 'TOOL_NOT_FOUND') return commandLine(...nearestTool(details))
  if (error === 'INVALID_INPUT' && entry) return commandLine('call', entry.name, '--help')
  if (error === 'SQL_INVALID' && typeof args.dataset_id === 'string') {
    return commandLine('call', 'describe_dataset', `dataset_id=${args.dataset_id}`)
  }
  if (error === 'TASK_STATE' && typeof args.task_id === 'string') return commandLine('tasks', 'show', args.task_id)
  const list = error === 'NOT_FOUND' ? LISTS.find(([service]) => entry?.needs.includes(service))?.[1] : undefined
  const step = list ?? STEPS[error]
  return step && commandLine(...step)
}

function nearestTool(details: WireError['details']): string[] {
  if (details?.available_categories) return ['tools', ...(typeof details.nearest === 'string' ? [details.nearest] : [])]
  return typeof details?.nearest === 'string' ? ['call', details.nearest, '--help'] : ['tools']
}
