/** Every scenario there is. */
import type { Scenario } from '../scenario.ts'
import { atEachStep } from './at-each-step.ts'
import { counts } from './counts.ts'
import { invalid } from './invalid.ts'
import { releases } from './releases.ts'
import { traffic } from './traffic.ts'
import { workloads } from './workloads.ts'

export const scenarios: readonly Scenario[] = [
  ...releases,
  ...atEachStep,
  ...counts,
  ...traffic,
  ...workloads,
  ...invalid,
]

/** A choice for every change: one of each sort, in a few minutes. */
export const quick: readonly string[] = [
  'first-deploy',
  'host-split',
  'update-in-the-middle',
  'abort-and-retry',
]
