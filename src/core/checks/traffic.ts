/** What the traffic of a Rollout is enough for, step by step. */
import { mildestNoticed, type Prospect, timeToNotice, timeToPass } from '../judge/outlook.ts'
import type { JudgeSettings } from '../judge/settings.ts'
import { type KubeObject, refOf } from '../object.ts'
import type { RolloutSpec, Step } from '../rollout/spec.ts'
import {
  type Duration,
  durationText,
  milliseconds,
  type Share,
  share,
  type Weight,
  weight,
} from '../units.ts'
import { about, type Finding } from './finding.ts'

/** Measured on the pods as they are. */
export type Traffic = { readonly requestsPerSecond: number; readonly failing: Share }

/** One line a weight: who gets how much for how long, and what would be noticed in that time. */
export function trafficFindings(
  rollout: KubeObject,
  spec: RolloutSpec,
  traffic: Traffic,
  settings: JudgeSettings,
): readonly Finding[] {
  const tell = about(refOf(rollout))
  if (traffic.requestsPerSecond === 0)
    return [
      tell.warning('', 'its pods served no request in the last minutes: nothing could be judged'),
    ]
  return weighted(spec.canary.steps).map(({ index, weight: canary, lasts }) => {
    const prospect = { settings, weight: canary, ...traffic }
    const path = `spec.strategy.canary.steps[${index}]`
    const says = `${share1((traffic.requestsPerSecond * canary) / 100)} requests a second on the canary for ${lasts === undefined ? 'as long as it takes' : durationText(lasts)}: ${foundIn(prospect, lasts)}; ${provedIn(prospect)}`
    const isEnough = lasts === undefined || mildestNoticed(prospect, lasts) !== undefined
    return isEnough ? tell.note(path, says) : tell.warning(path, says)
  })
}

function foundIn(prospect: Prospect, lasts: Duration | undefined): string {
  if (lasts === undefined) {
    const time = timeToNotice(prospect, share(Math.min(1, Math.max(0.01, 10 * prospect.failing))))
    const what = percent(Math.max(0.01, 10 * prospect.failing))
    return time === undefined
      ? `failures of ${what} are not found within an hour`
      : `failures of ${what} are found in about ${durationText(time)}`
  }
  const mildest = mildestNoticed(prospect, lasts)
  return mildest === undefined
    ? 'not even a canary that fails everything is found in that time; take a longer pause or a higher weight'
    : `a canary that fails ${percent(mildest)} is found in that time, a milder one may not be`
}

function provedIn(prospect: Prospect): string {
  const time = timeToPass(prospect)
  return time === undefined
    ? 'a good one is not proved within an hour'
    : `a good one is proved in about ${durationText(time)}`
}

type Weighted = {
  readonly index: number
  readonly weight: Weight
  /** Until the weight changes; undefined where a person or an analysis ends it. */
  readonly lasts: Duration | undefined
}

/** Only weights at which both sides have traffic can be judged. */
function weighted(steps: readonly Step[]): readonly Weighted[] {
  return steps.flatMap((step, index) => {
    if (step.kind !== 'setWeight' || step.weight === weight(0) || step.weight === weight(100))
      return []
    const next = steps.findIndex((later, place) => place > index && later.kind === 'setWeight')
    const during = steps.slice(index + 1, next === -1 ? steps.length : next)
    return [{ index, weight: step.weight, lasts: lengthOf(during) }]
  })
}

function lengthOf(steps: readonly Step[]): Duration | undefined {
  let total = 0
  for (const step of steps) {
    if (step.kind === 'analysis' || (step.kind === 'pause' && step.duration === 'forever'))
      return undefined
    if (step.kind === 'pause' && step.duration !== 'forever') total += step.duration
  }
  return milliseconds(total)
}

function percent(value: number): string {
  return `${Number((100 * value).toPrecision(2))} %`
}

function share1(value: number): string {
  return String(Number(value.toPrecision(2)))
}
