/** What the tools on inline data share. */
import { z } from 'zod'

export const MAX_TEXT = 4_000_000
/** Of the items of one result. */
export const PAGE_BYTES = 64 * 1024

export const textOrValueField = () =>
  z
    .union([z.string().max(MAX_TEXT), z.array(z.unknown()).max(100_000), z.record(z.string().max(512), z.unknown())])
    .describe('The data itself: a text, or JSON')
export const columnField = () => z.string().min(1).max(512)
