import { z } from 'zod'

/** The key of a value in the cache. */
export const keyField = () => z.string().min(1).max(1024)

export const example = { tool: 'p2p_cache_set', args: { key: 'embedding:a1', value: [0.1, 0.2] } }
