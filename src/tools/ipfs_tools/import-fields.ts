/** How content becomes blocks, as `ipfs add` names it. */
import { z } from 'zod'
import type { ImportOptions } from '../../domain/unixfs/import-options.ts'

export const importFields = {
  cid_version: z.int().min(0).max(1).default(1),
  raw_leaves: z.boolean().optional().describe('Default true with CID version 1 and neither mode nor mtime'),
  chunker: z
    .string()
    .max(64)
    .optional()
    .describe('size-<bytes>, rabin, rabin-<average>, rabin-<min>-<average>-<max> or buzhash; default size-262144'),
  hash: z.enum(['sha2-256', 'sha2-512']).default('sha2-256'),
  trickle: z.boolean().default(false).describe('A layout for reading from the start'),
  max_file_links: z.int().min(2).max(8192).optional().describe('Links of a node of a file; default 174'),
  max_hamt_fanout: z
    .int()
    .min(8)
    .max(1024)
    .refine(links => Number.isInteger(Math.log2(links)), 'Takes a power of two')
    .optional()
    .describe('Links of a shard of a large directory, a power of two; default 256'),
  inline_limit: z.int().min(1).max(128).optional().describe('Puts blocks up to so many bytes into their CID'),
  mode: z
    .int()
    .min(1)
    .max(0o777)
    .optional()
    .describe('Permissions of every file and directory, as a number: 420 is 0644'),
  mtime: z.int().min(-8_640_000_000_000).max(8_640_000_000_000).optional().describe('Seconds since 1970'),
  mtime_nsecs: z.int().min(0).max(999_999_999).optional().describe('Only with mtime')
}

type Fields = z.output<z.ZodObject<typeof importFields>>

export function toImportOptions({ mtime, mtime_nsecs: nanoseconds, ...fields }: Fields): ImportOptions {
  return {
    cidVersion: fields.cid_version === 0 ? 0 : 1,
    rawLeaves: fields.raw_leaves,
    chunker: fields.chunker,
    hashAlgo: fields.hash,
    layout: fields.trickle ? 'trickle' : 'balanced',
    maxLinks: fields.max_file_links,
    shardFanout: fields.max_hamt_fanout,
    inlineBytes: fields.inline_limit,
    mode: fields.mode,
    ...(mtime !== undefined && { mtime: { seconds: mtime, nanoseconds } })
  }
}
