/** The operations of process_dataset as a caller writes them. */
import { z } from 'zod'
import { datasetIdField, sqlField } from '../../core/fields.ts'
import { AGGREGATES } from '../../domain/tabular/aggregate.ts'
import { CONDITIONS } from '../../domain/tabular/condition.ts'
import { columnField } from './fields.ts'

const MAX_COLUMNS = 1000
const MAX_COUNT = Number.MAX_SAFE_INTEGER

const scalar = () =>
  z.union([z.string().max(65_536), z.number().min(-Number.MAX_VALUE).max(Number.MAX_VALUE), z.boolean(), z.null()])
const columns = () => z.array(columnField()).min(1).max(MAX_COLUMNS)
const columnMap = () =>
  z.record(columnField(), columnField()).refine(map => Object.keys(map).length > 0, 'Name at least one column')

export const operationField = () =>
  z.discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('filter'),
      column: columnField(),
      condition: z.enum(CONDITIONS),
      value: z.union([scalar(), z.array(scalar()).max(10_000)]).optional()
    }),
    z.strictObject({ type: z.literal('select'), columns: columns() }),
    z.strictObject({ type: z.literal('rename'), columns: columnMap().describe('Old name to new name') }),
    z.strictObject({
      type: z.literal('cast'),
      columns: columnMap().describe('Column to type, such as BIGINT or DATE')
    }),
    z.strictObject({ type: z.literal('sort'), column: columnField(), ascending: z.boolean().optional() }),
    z.strictObject({
      type: z.literal('limit'),
      count: z.int().min(0).max(MAX_COUNT),
      offset: z.int().min(0).max(MAX_COUNT).optional()
    }),
    z.strictObject({ type: z.literal('distinct'), columns: columns().optional() }),
    z.strictObject({
      type: z.literal('sample'),
      n: z.int().min(0).max(MAX_COUNT).optional(),
      fraction: z.number().min(0).max(1).optional(),
      seed: z.int().min(0).max(2_147_483_647).optional()
    }),
    z.strictObject({
      type: z.literal('aggregate'),
      group_by: z.array(columnField()).max(MAX_COLUMNS).default([]),
      aggregations: z
        .array(
          z.strictObject({
            function: z.enum(AGGREGATES),
            column: columnField().optional(),
            as: columnField().optional()
          })
        )
        .max(MAX_COLUMNS)
        .default([])
    }),
    z.strictObject({
      type: z.literal('join'),
      right: datasetIdField(),
      on: columns(),
      how: z.enum(['inner', 'left', 'right', 'full', 'semi', 'anti']).optional()
    }),
    z.strictObject({ type: z.literal('sql'), sql: sqlField() }),
    z.looseObject({ type: z.literal('map') }).describe('Refused, since code is not run here: use sql')
  ])
