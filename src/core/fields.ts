/**
 * Schema fields with a meaning beyond their type. A field that takes a path, URL, SQL text or CID is one of these,
 * so that checks and attack tests find every such parameter of every tool by its `format`.
 */
import { z } from 'zod'

/** A file path; confined to the roots by the files service. */
export const pathField = () => z.string().min(1).max(4096).meta({ format: 'x-path' })

/** Where data comes from: a path, `https://` URL, `ipfs://CID`, `hf://datasets/…`, or the id of a dataset. */
export const sourceField = () => z.string().min(1).max(8192).meta({ format: 'x-source' })

/** An http or https URL; checked by the fetcher. */
export const urlField = () => z.string().min(1).max(8192).meta({ format: 'x-url' })

/** One SELECT statement. */
export const sqlField = () => z.string().min(1).max(100_000).meta({ format: 'x-sql' })

/** A CID in text form. */
export const cidField = () => z.string().min(1).max(512).meta({ format: 'x-cid' })

/** A CID, optionally followed by a path below it. */
export const cidPathField = () => z.string().min(1).max(8192).meta({ format: 'x-cid-path' })

/** The id of a dataset: what `load_dataset` answered, or a name of the caller's choice. */
export const datasetIdField = () =>
  z
    .string()
    .max(128)
    .regex(/^[A-Za-z][A-Za-z0-9_-]*$/, 'Use letters, digits, _ and -, starting with a letter')
    .meta({ format: 'x-dataset-id' })

/** How many items a page holds. */
export const limitField = (fallback: number, max: number) => z.int().min(1).max(max).default(fallback)

/** Where the next page starts: `next_cursor` of the page before. */
export const cursorField = () => z.string().min(1).max(2048).optional()

/** A multiaddr of a peer; checked by the peers service. */
export const multiaddrField = () => z.string().min(1).max(1024).meta({ format: 'x-multiaddr' })

/** The id of a peer: the multihash of its key. */
export const peerIdField = () => z.string().min(1).max(128).meta({ format: 'x-peer-id' })
