import { expect } from 'vitest'

/** An error with this code. */
export const failing = (code: string) => expect.objectContaining({ code })
