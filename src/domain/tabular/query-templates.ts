/** Questions that are asked often, as one SELECT with places for names and values. What is filled in stands there as a name or a value, never as SQL. */
import { AppError } from '../../core/errors.ts'
import { nearest } from '../../core/nearest.ts'
import { identifier, literal } from './sql-text.ts'

export const PLACE_KINDS = ['dataset', 'column', 'count', 'text', 'choice'] as const

export interface Place {
  name: string
  kind: (typeof PLACE_KINDS)[number]
  description: string
  /** Without one it must be given. */
  fallback?: string | number
  choices?: readonly string[]
}

export interface QueryTemplate {
  id: string
  title: string
  places: readonly Place[]
  /** Gets every place as SQL, quoted by its kind. */
  sql(places: Readonly<Record<string, string>>): string
}

export const MAX_COUNT = 1_000_000
const DATASET_ID = /^[A-Za-z][A-Za-z0-9_-]{0,127}$/

const dataset: Place = { name: 'dataset', kind: 'dataset', description: 'The id of a dataset' }
const column: Place = { name: 'column', kind: 'column', description: 'The name of a column' }
const limit: Place = { name: 'limit', kind: 'count', description: 'Rows at most', fallback: 20 }

export const QUERY_TEMPLATES: readonly QueryTemplate[] = [
  {
    id: 'preview',
    title: 'The first rows',
    places: [dataset, limit],
    sql: at => `SELECT * FROM ${at.dataset} LIMIT ${at.limit}`
  },
  {
    id: 'row_count',
    title: 'How many rows there are',
    places: [dataset],
    sql: at => `SELECT count(*) AS row_count FROM ${at.dataset}`
  },
  {
    id: 'top_values',
    title: 'The values that a column has most often',
    places: [dataset, column, limit],
    sql: at =>
      `SELECT ${at.column} AS value, count(*) AS n FROM ${at.dataset} GROUP BY ALL ORDER BY n DESC, value LIMIT ${at.limit}`
  },
  {
    id: 'column_summary',
    title: 'Nulls, distinct values and range of a column',
    places: [dataset, column],
    sql: at =>
      `SELECT count(*) AS row_count, count(*) - count(${at.column}) AS nulls, count(DISTINCT ${at.column}) AS distinct_values,
        min(${at.column}) AS min, max(${at.column}) AS max, avg(TRY_CAST(${at.column} AS DOUBLE)) AS mean FROM ${at.dataset}`
  },
  {
    id: 'group_summary',
    title: 'One column summed up by the values of another',
    places: [
      dataset,
      { name: 'group_by', kind: 'column', description: 'The column whose values make the groups' },
      column,
      {
        name: 'summary',
        kind: 'choice',
        description: 'What is computed',
        choices: ['sum', 'avg', 'min', 'max', 'median', 'count'],
        fallback: 'sum'
      },
      limit
    ],
    sql: at =>
      `SELECT ${at.group_by} AS "group", ${at.summary}(${at.column}) AS value, count(*) AS n FROM ${at.dataset}
        GROUP BY ALL ORDER BY value DESC, "group" LIMIT ${at.limit}`
  },
  {
    id: 'find_text',
    title: 'Rows that hold a text in a column, whatever its case',
    places: [dataset, column, { name: 'text', kind: 'text', description: 'What to look for' }, limit],
    sql: at =>
      `SELECT * FROM ${at.dataset} WHERE contains(lower(CAST(${at.column} AS VARCHAR)), lower(${at.text})) LIMIT ${at.limit}`
  },
  {
    id: 'duplicates',
    title: 'Values of a column that stand in several rows',
    places: [dataset, column, limit],
    sql: at =>
      `SELECT ${at.column} AS value, count(*) AS n FROM ${at.dataset} GROUP BY ALL HAVING n > 1 ORDER BY n DESC, value LIMIT ${at.limit}`
  },
  {
    id: 'by_time',
    title: 'Rows per hour, day, week, month or year of a column of times',
    places: [
      dataset,
      column,
      {
        name: 'unit',
        kind: 'choice',
        description: 'What the rows are counted by',
        choices: ['hour', 'day', 'week', 'month', 'year'],
        fallback: 'day'
      },
      { ...limit, fallback: 1000 }
    ],
    sql: at =>
      `SELECT date_trunc('${at.unit}', CAST(${at.column} AS TIMESTAMP)) AS time, count(*) AS n FROM ${at.dataset}
        GROUP BY ALL ORDER BY time LIMIT ${at.limit}`
  }
]

/** The SELECT. NOT_FOUND for an id that there is not, INVALID_INPUT for places that are unknown, missing or do not fit. */
export function fillTemplate(id: string, given: Readonly<Record<string, unknown>>): string {
  const template = QUERY_TEMPLATES.find(one => one.id === id)
  if (!template) {
    const near = nearest(
      id,
      QUERY_TEMPLATES.map(one => one.id)
    )
    throw new AppError(
      'NOT_FOUND',
      `There is no template "${id.slice(0, 80)}"${near === undefined ? '' : `; did you mean "${near}"?`}`
    )
  }
  for (const name of Object.keys(given)) {
    if (template.places.some(place => place.name === name)) continue
    throw refuse(
      name,
      `The template ${id} has no parameter "${name.slice(0, 80)}"; it has ${template.places.map(place => place.name).join(', ')}`
    )
  }
  return template.sql(
    Object.fromEntries(
      template.places.map(place => [
        place.name,
        quoted(place, Object.hasOwn(given, place.name) ? given[place.name] : place.fallback)
      ])
    )
  )
}

function quoted({ name, kind, choices = [], description }: Place, value: unknown): string {
  if (value === undefined) throw refuse(name, `Must be given: ${description}`)
  switch (kind) {
    case 'dataset':
      if (typeof value === 'string' && DATASET_ID.test(value)) return identifier(value)
      throw refuse(name, 'Must be the id of a dataset')
    case 'column':
      if (typeof value === 'string' && value !== '' && value.length <= 512) return identifier(value)
      throw refuse(name, 'Must be the name of a column')
    case 'count':
      if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_COUNT) return String(value)
      throw refuse(name, `Must be a whole number from 0 to ${MAX_COUNT}`)
    case 'text':
      if (typeof value === 'string' && value.length <= 10_000 && !value.includes('\0')) return literal(value)
      throw refuse(name, 'Must be a text')
    case 'choice':
      if (typeof value === 'string' && choices.includes(value)) return value
      throw refuse(name, `Must be one of ${choices.join(', ')}`)
  }
}

function refuse(name: string, message: string): AppError {
  return new AppError('INVALID_INPUT', message, { issues: [{ path: `/parameters/${name.slice(0, 80)}`, message }] })
}
