import { expect, test } from 'vitest'
import { countIncrement } from '../../../src/core/stats/count-evidence.ts'
import { shareIncrement } from '../../../src/core/stats/share-evidence.ts'
import { blockOf, near, vectors } from './vectors.ts'

test.for(vectors.ce_increment)('CE: $xC of $nC against $xS of $nS, r = $r', (row) => {
  const block = blockOf([row.xC, row.nC, row.xS, row.nS])
  const boundary = { ratio: row.rho0, points: row.delta, phi: row.phi }
  expect(countIncrement(block, boundary, row.r, row.pS)).toSatisfy(near(row.logE))
})

test.for(vectors.se_increment)('SE: $xC of $nC against $xS of $nS, f = $f', (row) => {
  const block = blockOf([row.xC, row.nC, row.xS, row.nS])
  expect(shareIncrement(block, { ratio: row.rho0, points: row.delta }, row.f)).toSatisfy(
    near(row.logE),
  )
})
