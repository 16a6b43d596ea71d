/** Figures over a time: their average, extremes, trend and what stands out. */
export interface SeriesSummary {
  count: number
  average: number | null
  minimum: number | null
  maximum: number | null
  latest: number | null
}

export interface Point {
  at: number
  value: number
}

export function summarize(points: readonly Point[]): SeriesSummary {
  if (points.length === 0) return { count: 0, average: null, minimum: null, maximum: null, latest: null }
  const values = points.map(({ value }) => value)
  return {
    count: values.length,
    average: values.reduce((sum, value) => sum + value, 0) / values.length,
    minimum: values.reduce((a, b) => Math.min(a, b)),
    maximum: values.reduce((a, b) => Math.max(a, b)),
    latest: values.at(-1) ?? null
  }
}

/** Growth an hour, by least squares; null with fewer than two times. */
export function trendPerHour(points: readonly Point[]): number | null {
  const n = points.length
  const meanAt = points.reduce((sum, { at }) => sum + at, 0) / n
  const mean = points.reduce((sum, { value }) => sum + value, 0) / n
  const spread = points.reduce((sum, { at }) => sum + (at - meanAt) ** 2, 0)
  if (n < 2 || spread === 0) return null
  const slope = points.reduce((sum, { at, value }) => sum + (at - meanAt) * (value - mean), 0) / spread
  return slope * 3_600_000
}

/** Points more than three deviations from the average; none of fewer than ten. */
export function outliers(points: readonly Point[]): Point[] {
  const { average } = summarize(points)
  if (points.length < 10 || average === null) return []
  const deviation = Math.sqrt(points.reduce((sum, { value }) => sum + (value - average) ** 2, 0) / points.length)
  return points.filter(({ value }) => Math.abs(value - average) > 3 * deviation)
}

const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
export const WINDOW = /^([1-9]\d{0,4})([smhd])$/

/** Milliseconds of a time such as 90s, 15m, 24h or 7d that fits `WINDOW`. */
export function windowMs(text: string): number {
  const [, count = '', unit = ''] = WINDOW.exec(text) ?? []
  const one = Object.entries(UNITS).find(([name]) => name === unit)?.[1] ?? 0
  return Number(count) * one
}
