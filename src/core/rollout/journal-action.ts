/** Keeps the journal of the current release on its ReplicaSet. */
import type { Instant } from '../units.ts'
import type { Action } from './action.ts'
import { allTraffic } from './counts.ts'
import type { Decision } from './decide.ts'
import { explain } from './explain.ts'
import {
  beginJournal,
  type Journal,
  journalText,
  note,
  parseJournal,
  type Station,
} from './journal.ts'
import { journalAnnotation } from './keys.ts'
import { revisionOf } from './revision.ts'
import { askedWeight } from './scale.ts'
import { currentOf, type Scene } from './scene.ts'
import type { Standing } from './stage.ts'

/** The journal of the release that is under way. A new revision, other steps, and another try after an abort begin a new one. */
export function journalFor(scene: Scene, standing: Standing, now: Instant): Journal {
  const known = parseJournal(currentOf(scene)?.annotations[journalAnnotation])
  const revision = revisionOf(scene)
  return known?.revision === revision && goesOn(known, scene, standing)
    ? known
    : beginJournal(revision, now)
}

function goesOn(
  { stations }: Journal,
  { status, templateHash }: Scene,
  standing: Standing,
): boolean {
  const otherSteps = standing.fresh && status.currentPodHash === templateHash
  const isTriedAgain = stations.at(-1)?.stage === 'aborted' && standing.stage.kind !== 'aborted'
  return !otherSteps && !isTriedAgain
}

/** Nothing when the release stands where it stood. A release that is over is noted once more, then left alone. */
export function journalAction(
  scene: Scene,
  standing: Standing,
  decision: Decision,
  now: Instant,
): readonly Action[] {
  const current = currentOf(scene)
  const stage = stageName(standing, decision)
  if (current === undefined || stage === undefined) return []
  const step = stage === 'promoted' ? scene.spec.canary.steps.length : standing.index
  const asked = stage === 'promoted' ? allTraffic : askedWeight(scene, standing)
  const text = journalText(
    note(journalFor(scene, standing, now), {
      at: now,
      step,
      asked,
      stage,
      because: because(standing, decision),
    }),
  )
  if (text === current.annotations[journalAnnotation]) return []
  return [
    {
      kind: 'merge',
      ref: { kind: 'ReplicaSet', namespace: scene.rollout.namespace, name: current.name },
      body: { metadata: { annotations: { [journalAnnotation]: text } } },
      notes: [],
      patient: true,
    },
  ]
}

function because({ stage }: Standing, decision: Decision): string | undefined {
  if (decision.kind === 'promote' || decision.kind === 'abort') return explain(decision.because)
  return stage.kind === 'aborted' ? 'aborted by a person' : undefined
}

/** The first deployment is no release: there was nothing to compare with. A settled Rollout noted its promotion when it was decided. */
function stageName({ stage }: Standing, decision: Decision): Station['stage'] | undefined {
  switch (stage.kind) {
    case 'stepping':
    case 'promoting':
      return decision.kind === 'promote' ? 'promoted' : stage.kind
    case 'aborted':
      return stage.kind
    case 'first':
    case 'settled':
      return undefined
  }
}
