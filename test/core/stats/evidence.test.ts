import { expect, test } from 'vitest'
import { Evidence, type EvidencePlan } from '../../../src/core/stats/evidence.ts'
import { blockOf, near, vectors } from './vectors.ts'

test.for(vectors.error_judge)('rollback evidence, block by block: $name', (row) => {
  const { config } = row
  const time = { first: config.w0, hazard: config.block_s / 1800 }
  const main = new Evidence({
    ...time,
    boundary: { ratio: config.rho0, points: config.delta },
    shares: config.se_f,
    times: config.ce_r,
    phi: config.phi,
    cap: config.cap,
    window: config.guard_blocks,
  })
  const catastrophe = new Evidence({
    ...time,
    boundary: { ratio: 1, points: config.cat_delta },
    shares: [],
    times: config.cat_r,
    phi: config.cat_phi,
    cap: config.cat_cap,
    window: 0,
  })
  expect(row.blocks.length).toBe(row.expect.length)
  for (const [k, block] of row.blocks.entries()) {
    main.add(blockOf(block))
    catastrophe.add(blockOf(block))
    expect(main.logE()).toSatisfy(near(row.expect[k]?.log_e ?? NaN))
    expect(main.guarded()).toSatisfy(near(row.expect[k]?.log_e_guard ?? NaN))
    expect(catastrophe.logE()).toSatisfy(near(row.expect[k]?.log_e_cat ?? NaN))
  }
})

test.for(vectors.non_inferiority)('evidence for no worse, block by block: $name', (row) => {
  const evidence = new Evidence({
    ...plain,
    boundary: { ratio: 1, points: row.margin },
    times: row.ni_r,
    phi: row.phi,
  })
  for (const [k, block] of row.blocks.entries()) {
    evidence.add(blockOf(block))
    expect(evidence.logE()).toSatisfy(near(row.expect[k]?.log_e ?? NaN))
  }
})

test.for(vectors.plain_ce_process)('counts alone, block by block', (row) => {
  const evidence = new Evidence({
    ...plain,
    boundary: { ratio: row.rho0, points: row.delta },
    times: row.grid,
  })
  for (const [k, block] of row.blocks.entries()) {
    evidence.add(blockOf(block))
    expect(evidence.logE()).toSatisfy(near(row.logE[k] ?? NaN))
  }
})

const plain: Omit<EvidencePlan, 'boundary' | 'times'> = {
  shares: [],
  phi: 1,
  cap: Infinity,
  window: 0,
  first: 1,
  hazard: 0,
}
