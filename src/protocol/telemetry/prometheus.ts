/** Metrics as Prometheus text (exposition format 0.0.4), under the names that a collector gives to the same metrics when they come by OTLP. */
import type { Labels, MetricFamily, MetricName, MetricPoint } from '../../core/metrics.ts'

export const PROMETHEUS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/** Units of UCUM by their words; what is counted, in braces, is no part of a name. */
const UNIT_WORDS: Record<string, string> = { s: 'seconds', By: 'bytes', '1': 'ratio' }

export function prometheusText(families: readonly MetricFamily[]): string {
  return families
    .filter(({ points }) => points.length > 0)
    .flatMap(family => {
      const name = prometheusName(family)
      return [
        `# HELP ${name} ${family.help}`,
        `# TYPE ${name} ${family.type}`,
        ...family.points.flatMap(point => linesOf(name, point))
      ]
    })
    .concat('')
    .join('\n')
}

/** By the rules for OTLP: dots become underscores, the unit and what only grows are said at the end. */
export function prometheusName({ name, unit, type }: MetricName & Pick<MetricFamily, 'type'>): string {
  const word = UNIT_WORDS[unit]
  const isSaid = word === undefined || (unit === '1' && type !== 'gauge')
  return `${name.replaceAll('.', '_')}${isSaid ? '' : `_${word}`}${type === 'counter' ? '_total' : ''}`
}

function linesOf(name: string, point: MetricPoint): string[] {
  const { labels } = point
  if ('value' in point) return [`${name}${labelText(labels)} ${point.value}`]
  const { bounds, counts, sum } = point.distribution
  let running = 0
  const buckets = [...bounds.map(String), '+Inf'].map((le, index) => {
    running += counts[index] ?? 0
    return `${name}_bucket${labelText({ ...labels, le })} ${running}`
  })
  return [...buckets, `${name}_sum${labelText(labels)} ${sum}`, `${name}_count${labelText(labels)} ${running}`]
}

function labelText(labels: Labels): string {
  const parts = Object.entries(labels).map(
    ([name, value]) => `${name.replaceAll('.', '_')}="${value.replace(/[\\"\n]/g, escapeLabel)}"`
  )
  return parts.length > 0 ? `{${parts.join(',')}}` : ''
}

function escapeLabel(character: string): string {
  return character === '\n' ? '\\n' : `\\${character}`
}
