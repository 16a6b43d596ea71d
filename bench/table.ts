import type { Figure, Target } from './figures.ts'

const HEAD = ['what', 'ours', 'rival', 'ours ÷ rival (min–max)', 'to reach', '']

export function formatFigures(figures: readonly Figure[]): string {
  const rows = [HEAD, HEAD.map(() => ''), ...figures.map(rowOf)]
  const widths = HEAD.map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  return rows
    .map((row, index) => {
      const fill = index === 1 ? '-' : ' '
      return `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0, fill)).join(' | ')} |`
    })
    .join('\n')
}

function rowOf({ what, unit, ours, rival, ratio, target, isMet }: Figure): string[] {
  return [
    what,
    `${short(ours)} ${unit}`,
    rival ? `${short(rival.value)} (${rival.name})` : '',
    ratio ? `${short(ratio.median)} (${short(ratio.min)}–${short(ratio.max)})` : '',
    bound(target),
    isMet === undefined ? '' : isMet ? 'met' : 'MISSED'
  ]
}

function bound({ atMost, atLeast }: Target = {}): string {
  if (atMost !== undefined) return `≤ ${atMost}`
  return atLeast === undefined ? '' : `≥ ${atLeast}`
}

/** Three digits that mean something. */
function short(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3)
}
