import { z } from 'zod'

const MAX_DIMENSIONS = 16_384

export const textField = () => z.string().min(1).max(100_000)
export const modelField = () => z.string().min(1).max(200).default('default')
export const vectorField = () =>
  z.array(z.number().min(-Number.MAX_VALUE).max(Number.MAX_VALUE)).min(1).max(MAX_DIMENSIONS)
