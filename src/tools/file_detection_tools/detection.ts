/** How a file's type is found out, and the one form in which it is answered. */
import { z } from 'zod'
import type { CallContext } from '../../core/tool.ts'
import { fits, kindOfName } from '../../domain/documents/kind-of-name.ts'
import type { ReadableFile } from '../../services/files/api.ts'

const METHODS = ['magic', 'extension'] as const
const STRATEGIES = ['accurate', 'fastest', 'conservative'] as const

export const methodsField = () =>
  z
    .array(z.enum(METHODS))
    .min(1)
    .max(2)
    .default([...METHODS])
    .describe('magic: by the bytes; extension: by the name')
export const strategyField = () =>
  z
    .enum(STRATEGIES)
    .default('accurate')
    .describe(
      'accurate: the bytes decide; fastest: the name decides where it says something; conservative: unknown unless both agree'
    )
export const patternField = () =>
  z.string().min(1).max(256).default('*').describe('Names to look at: * for any characters, ? for one')

export const detectionSchema = z.object({
  file_path: z.string(),
  mime_type: z.string(),
  extension: z.string().describe('As such files usually have it'),
  method: z.enum(['magic', 'extension', 'none']).describe('What decided'),
  name_says: z.string().nullable().describe('The type that its name stands for'),
  matches_name: z
    .boolean()
    .nullable()
    .describe('Whether name and bytes agree; null where one of them was not asked or says nothing'),
  size_bytes: z.int()
})
export type Detection = z.output<typeof detectionSchema>

export interface DetectionOptions {
  methods: readonly (typeof METHODS)[number][]
  strategy: (typeof STRATEGIES)[number]
}

export async function detect(
  file: ReadableFile,
  path: string,
  { methods, strategy }: DetectionOptions,
  { services: { decoders }, signal }: Pick<CallContext<'decoders'>, 'services' | 'signal'>
): Promise<Detection> {
  const byName = methods.includes('extension') ? kindOfName(path) : undefined
  const isEnough = strategy === 'fastest' && byName !== undefined
  const byContent =
    methods.includes('magic') && !isEnough ? await decoders.decodeOne('identify', file, {}, signal) : undefined
  const agrees = byName && byContent ? fits(byName, byContent) : null
  const found = isEnough ? byName : (byContent ?? byName)
  const isRefused = strategy === 'conservative' && agrees !== true
  const kind = isRefused ? undefined : found
  return {
    file_path: path,
    mime_type: kind?.mimeType ?? 'application/octet-stream',
    extension: kind?.extension ?? '',
    method: kind === undefined ? 'none' : kind === byName ? 'extension' : 'magic',
    name_says: byName?.mimeType ?? null,
    matches_name: agrees,
    size_bytes: file.sizeBytes
  }
}
