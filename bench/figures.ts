/** What a bench answers: figures with every sample behind them, judged against a target by their medians. */

export interface Pair {
  ours: number
  rival: number
}

/** One bound of a figure, as the median must keep it. */
export interface Target {
  atMost?: number
  atLeast?: number
}

export interface Figure {
  what: string
  unit: string
  ours: number
  rival?: { name: string; value: number }
  /** Median, smallest and largest of ours ÷ rival, pair by pair. */
  ratio?: { median: number; min: number; max: number }
  target?: Target
  isMet?: boolean
  samples: readonly Pair[] | readonly number[]
}

/** A figure that means something only beside its rival, measured in turn with it: the target bounds the median of the ratios. */
export function ratioFigure(
  what: string,
  unit: string,
  rivalName: string,
  pairs: readonly Pair[],
  target?: Target
): Figure {
  const ratios = pairs.map(({ ours, rival }) => ours / rival)
  const ratio = { median: median(ratios), min: Math.min(...ratios), max: Math.max(...ratios) }
  return {
    what,
    unit,
    ours: median(pairs.map(pair => pair.ours)),
    rival: { name: rivalName, value: median(pairs.map(pair => pair.rival)) },
    ratio,
    ...judged(ratio.median, target),
    samples: pairs
  }
}

/** A figure with a bound of its own: the target bounds the median of the samples. */
export function plainFigure(what: string, unit: string, samples: readonly number[], target?: Target): Figure {
  const ours = median(samples)
  return { what, unit, ours, ...judged(ours, target), samples }
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** The value below which this share of them lies, taken from the nearest one. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

function judged(value: number, target: Target | undefined): { target?: Target; isMet?: boolean } {
  if (!target) return {}
  const { atMost = Number.POSITIVE_INFINITY, atLeast = Number.NEGATIVE_INFINITY } = target
  return { target, isMet: value <= atMost && value >= atLeast }
}
