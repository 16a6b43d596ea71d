/** The board shows what a node exports, under the names and labels that it has there. */
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { observeProcess } from '../../src/cli/process-metrics.ts'
import type { MetricFamily } from '../../src/core/metrics.ts'
import { prometheusName } from '../../src/protocol/telemetry/prometheus.ts'
import { type PeerNode, startPeerNode } from '../helpers/peer-node.ts'

interface Panel {
  title: string
  type: string
  gridPos: { x: number; y: number; w: number; h: number }
  targets?: { expr: string; legendFormat: string }[]
}

const board = JSON.parse(await readFile(new URL('../../docs/grafana/ipfs-datasets.json', import.meta.url), 'utf8'))
const panels: Panel[] = board.panels
const shown = panels.flatMap(({ title, targets = [] }) => targets.map(target => ({ title, ...target })))
const variables: { query?: string | { query: string } }[] = board.templating.list
const queries = [...shown.map(({ expr }) => expr), ...variables.map(({ query }) => JSON.stringify(query ?? ''))]

const NAMES = /\b(?:mcp|ipfs_datasets|process|nodejs|v8js)_[a-z0-9_]+/g
/** What whoever collects the metrics adds, and what a histogram has. */
const ADDED = ['job', 'instance', 'le']

let node: PeerNode
let families: MetricFamily[]

beforeAll(async () => {
  node = await startPeerNode()
  observeProcess(node.metrics, () => ({ cpu: process.cpuUsage(), memory: process.memoryUsage() }))
  await node.call('task_submit', { task_type: 'tool.call', payload: { tool: 'list_datasets' } })
  await node.call('p2p_cache_get', { key: 'k' })
  await node.call('list_datasets')
  await node.call('describe_dataset', { dataset_id: 'unknown' })
  // Delays of the event loop are those between two readings.
  await node.metrics.read()
  await new Promise(resolve => setTimeout(resolve, 50))
  families = await node.metrics.read()
})

afterAll(() => node[Symbol.asyncDispose]())

const seriesNames = () =>
  families
    .filter(({ points }) => points.length > 0)
    .flatMap(family => {
      const name = prometheusName(family)
      return family.type === 'histogram' ? ['_bucket', '_sum', '_count'].map(end => name + end) : [name]
    })

describe('the board', () => {
  test('shows nothing that a node does not export', () => {
    const used = [...new Set(queries.flatMap(query => query.match(NAMES) ?? []))].sort()
    expect(used.length).toBeGreaterThan(20)
    expect(used.filter(name => !seriesNames().includes(name))).toEqual([])
  })

  test('shows every metric there is', () => {
    const text = queries.join('\n')
    expect(families.map(prometheusName).filter(name => !text.includes(name))).toEqual([])
  })

  test('asks for labels that the metric has', () => {
    for (const { expr, legendFormat } of shown) {
      const [name = ''] = expr.match(NAMES) ?? []
      const family = families.find(one => name.startsWith(prometheusName(one)))
      const known = [...(family?.points ?? []).flatMap(({ labels }) => Object.keys(labels)), ...ADDED]
      const labels = known.map(label => label.replaceAll('.', '_'))
      const grouped = [...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, names = '']) => names.split(', '))
      const selected = [...expr.matchAll(/([a-z_]+)(?:=~|!=|=)"/g)].map(([, label = '']) => label)
      const told = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label)
      for (const label of [...grouped, ...selected, ...told]) expect(labels, expr).toContain(label)
    }
  })

  test('has panels that do not lie over each other', () => {
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)} ${y + Math.floor(cell / w)}`)
    )
    expect(new Set(cells).size).toBe(cells.length)
    for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24)
  })
})
