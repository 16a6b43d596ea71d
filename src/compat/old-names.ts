/**
 * What became of the tools of the Python server that this one replaces. One table of all their names: those that are tools here, and
 * for each other one what to use instead. Nothing loads it before somebody asks for a tool that is not there.
 */
import { datasetsNames } from './names/datasets.ts'
import { filesNames } from './names/files.ts'
import { graphsNames } from './names/graphs.ts'
import { operationNames } from './names/operation.ts'
import { queueNames } from './names/queue.ts'
import { subjectsNames } from './names/subjects.ts'
import { vectorsNames } from './names/vectors.ts'
import { webNames } from './names/web.ts'

/**
 * `replaced`: other tools do the same job. `absent`: it was a real job, and this server does not do it. `dropped`: it answered
 * invented things, never ran, or is no job of a dataset server.
 */
export type Reason = 'replaced' | 'absent' | 'dropped'

export interface NameGroup {
  /** Old names, separated by blanks. One that is a tool here, now or later, counts as that tool. */
  names: string
  reason: Reason
  /** Tools of this server, separated by blanks. */
  use: string
  /** What to do instead, in sentences. */
  advice: string
}

export interface OldCategory {
  /** Empty for the tools that stood in none. */
  id: string
  /** Names that are tools here too, separated by blanks. */
  kept: string
  /** What differs for callers of kept names. */
  changed?: Readonly<Record<string, string>>
  groups: readonly NameGroup[]
}

export interface OldName {
  category: string
  name: string
  /** Absent for a kept name. */
  group?: NameGroup
}

export const OLD_CATEGORIES: readonly OldCategory[] = [
  ...datasetsNames,
  ...filesNames,
  ...webNames,
  ...vectorsNames,
  ...graphsNames,
  ...queueNames,
  ...operationNames,
  ...subjectsNames
]

/** Words separated by white space. */
export function words(text: string): string[] {
  return text.split(/\s+/).filter(word => word !== '')
}

/** Every name of a category. */
export function namesOf({ id, kept, groups }: OldCategory): OldName[] {
  const inGroups = groups.flatMap(group => words(group.names).map(name => ({ category: id, name, group })))
  return [...words(kept).map(name => ({ category: id, name })), ...inGroups]
}

const BY_NAME = Map.groupBy(OLD_CATEGORIES.flatMap(namesOf), old => old.name)

/** The old tool of this name; of this category if there is one. Some names stood in two. */
export function findOldName(name: string, category?: string): OldName | undefined {
  return BY_NAME.get(name)?.find(old => category === undefined || old.category === category)
}
