/** Records as values: a list of objects, whose members are the columns of a table. */
export type Rec = Record<string, unknown>

export interface TextOptions {
  /** Of CSV that is read; found out by default. */
  delimiter?: string | undefined
  /** Whether CSV that is read begins with names; found out by default. */
  header?: boolean | undefined
  /** Whether CSV values become numbers, booleans and nulls where the text gives back exactly that. Default true. */
  inferTypes?: boolean | undefined
  /** Spaces of JSON and YAML that is written. Default none for JSON, 2 for YAML. */
  indent?: number | undefined
}

export function isRecord(value: unknown): value is Rec {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Every name that some record has, in the order in which they first come. */
export function columnsOf(records: readonly Rec[]): string[] {
  const names = new Set<string>()
  for (const record of records) for (const name of Object.keys(record)) names.add(name)
  return [...names]
}

/** A value as one field of text: nothing for null, JSON for what is nested. */
export function fieldText(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
