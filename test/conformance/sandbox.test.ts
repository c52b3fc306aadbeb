/** Every scenario in the sandbox, against what was recorded of Argo's controller. */
import { expect, test } from 'vitest'
import { compare, isExpected } from './compare.ts'
import { readDifferences } from './differences.ts'
import { playInSandbox } from './sandbox-run.ts'
import { scenarios } from './scenarios/all.ts'
import { differencesOf } from './table.ts'
import { readTrace } from './traces.ts'

const listed = readDifferences()

test.for(scenarios)('$name', async (scenario) => {
  const argo = readTrace(scenario.name)
  if (argo === undefined)
    throw new Error(`record it: npm run conformance -- --record --only ${scenario.name}`)
  const played = await playInSandbox(scenario, isExpected(argo, listed))
  if ('error' in played) throw new Error(played.error)
  const comparison = compare(argo, played.trace, listed)
  expect(differencesOf([{ kind: 'compared', comparison }])).toEqual([])
})
