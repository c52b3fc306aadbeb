import { expect, test } from 'vitest'
import { Evidence, type EvidencePlan } from '../../../src/core/stats/evidence.ts'
import { latencyMargins } from '../../../src/core/stats/latency-margin.ts'
import { logMeanExp } from '../../../src/core/stats/log-space.ts'
import { quantileIntervals } from '../../../src/core/stats/quantile-interval.ts'
import { blockOf, near, vectors } from './vectors.ts'

test.for(vectors.latency_margins)('reference: a slowdown of $m in shares', (row) => {
  const margins = latencyMargins(row.bounds, row.p_slow, row.m)
  for (const [j, delta] of row.delta.entries()) expect(margins[j]).toSatisfy(near(delta))
})

type Row = (typeof vectors.latency_judge)[number]

test.for(vectors.latency_judge)('reference: latency, block by block: $name', (row) => {
  const evidence = row.bounds.map((_, j) => new Evidence(planOf(row, j)))
  for (const [k, bounds] of row.blocks.entries()) {
    const { per_bound, log_e, log_e_guard } = row.expect[k] ?? nothing
    for (const [j, counts] of bounds.entries()) evidence[j]?.add(blockOf(counts))
    for (const [j, logE] of per_bound.entries()) expect(evidence[j]?.logE()).toSatisfy(near(logE))
    expect(logMeanExp(evidence.map((each) => each.logE()))).toSatisfy(near(log_e))
    expect(logMeanExp(evidence.map((each) => each.guarded()))).toSatisfy(near(log_e_guard))
  }
})

const nothing = { per_bound: [], log_e: NaN, log_e_guard: NaN }

function planOf(row: Row, j: number): EvidencePlan {
  const slow = row.p_hist[j] ?? NaN
  return {
    boundary: { ratio: 1, points: Math.max(1e-6, row.delta[j] ?? NaN) },
    shares: row.lat_f,
    times: row.lat_r,
    phi: row.phi[j] ?? NaN,
    cap: row.cap,
    window: row.guard_blocks,
    first: row.w0,
    hazard: row.block_s / 1800,
    prior: { failures: 200 * slow, requests: 200 },
    memory: 0.95,
  }
}

test.for([
  { it: 'between two bounds', q: 0.5, low: 50, high: 100 },
  { it: 'below the first', q: 0.1, low: 0, high: 50 },
  { it: 'above the last', q: 0.9999, low: 250, high: undefined },
])('a quantile lies $it', ({ q, low, high }) => {
  const histogram = { bounds: [50, 100, 250], within: [30_000, 70_000, 99_000], requests: 100_000 }
  expect(quantileIntervals(histogram, [q], 0.05, 1)).toEqual([{ low, high }])
})

test('a quantile of few requests may lie anywhere', () => {
  const histogram = { bounds: [50, 100], within: [1, 2], requests: 2 }
  expect(quantileIntervals(histogram, [0.5], 0.05, 1)).toEqual([{ low: 0, high: undefined }])
})
