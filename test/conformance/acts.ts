/** What is done to the world between two stations. */
import {
  at,
  type Json,
  type JsonObject,
  listAt,
  numberAt,
  objectAt,
  textAt,
} from '../../src/core/json.ts'
import type { Face } from './face.ts'
import { isReady, nameOf, ownerOf, type Snapshot } from './facts.ts'
import type { Act, Named, Station } from './scenario.ts'

const rollout: Named = { kind: 'Rollout', name: 'reviews' }

/** One act of a scenario; what comes of it is the next station's matter. */
export async function carryOut(act: Exclude<Act, Station>, face: Face): Promise<void> {
  switch (act.act) {
    case 'apply':
      for (const object of act.objects) await face.apply(object)
      return
    case 'merge':
      return face.patch(act.of, { type: 'merge', body: act.body })
    case 'remove':
      return face.remove(act.of)
    case 'scale':
      return face.patch(rollout, {
        subresource: 'scale',
        type: 'merge',
        body: { spec: { replicas: act.replicas } },
      })
    case 'abort':
      return status(face, { abort: true })
    case 'retry':
      return status(face, { abort: false })
    case 'promote':
      return promote(face)
    case 'promote-full':
      return promoteInFull(face)
    case 'restart-pods':
      return face.patch(rollout, {
        type: 'merge',
        body: { spec: { restartAt: new Date(face.now()).toISOString() } },
      })
    case 'undo':
      return undo(face, act.revision)
    case 'pods':
      return turn(face, act.revision, act.count, act.ready)
    case 'restart-controller':
      return face.restartController()
    case 'wait':
      return pass(face, act.seconds * 1000)
  }
}

async function pass(face: Face, milliseconds: number): Promise<void> {
  const end = face.now() + milliseconds
  while (face.now() < end) await face.breathe()
}

async function status(face: Face, body: JsonObject): Promise<void> {
  await face.patch(rollout, { subresource: 'status', type: 'merge', body: { status: body } })
}

/** As the plugin does it: it patches what it reads (spec §4.1). */
async function promote(face: Face): Promise<void> {
  const found = await theRollout(face)
  if (at(found, 'spec', 'paused') === true)
    await face.patch(rollout, { type: 'merge', body: { spec: { paused: false } } })
  if (listAt(found, 'status', 'pauseConditions').length > 0)
    return status(face, { pauseConditions: null })
  const steps = listAt(found, 'spec', 'strategy', 'canary', 'steps').length
  const index = numberAt(found, 'status', 'currentStepIndex')
  if (steps === 0 || index === undefined) return
  await status(face, { pauseConditions: null, currentStepIndex: Math.min(index + 1, steps) })
}

async function promoteInFull(face: Face): Promise<void> {
  const found = await theRollout(face)
  if (at(found, 'spec', 'paused') === true)
    await face.patch(rollout, { type: 'merge', body: { spec: { paused: false } } })
  if (textAt(found, 'status', 'currentPodHash') !== textAt(found, 'status', 'stableRS'))
    await status(face, { promoteFull: true })
}

async function undo(face: Face, revision: number): Promise<void> {
  const replicaSet = ofRevision(await face.snapshot(), revision)
  if (replicaSet === undefined) throw new Error(`there is no revision ${revision} to undo to`)
  const template = objectAt(replicaSet, 'spec', 'template')
  const { 'rollouts-pod-template-hash': _, ...labels } = objectAt(template, 'metadata', 'labels')
  const value: Json = { ...template, metadata: { ...objectAt(template, 'metadata'), labels } }
  await face.patch(rollout, {
    type: 'json',
    operations: [{ op: 'replace', path: '/spec/template', value }],
  })
}

/** The pods of a revision that come first by name. Throws when there are too few of them after a while. */
async function turn(face: Face, revision: number, count: number, ready: boolean): Promise<void> {
  const end = face.now() + 30_000
  for (;;) {
    const snapshot = await face.snapshot()
    const replicaSet = ofRevision(snapshot, revision)
    const name = replicaSet && nameOf(replicaSet)
    const pods = (snapshot.Pod ?? [])
      .filter((pod) => at(pod, 'metadata', 'deletionTimestamp') === undefined)
      .filter((pod) => ownerOf(pod) === name && isReady(pod) !== ready)
      .toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
    if (pods.length >= count) {
      for (const pod of pods.slice(0, count)) await mark(face, pod, ready)
      return
    }
    if (face.now() > end)
      throw new Error(
        `revision ${revision} has ${pods.length} pods to turn, ${count} are asked for`,
      )
    await face.breathe()
  }
}

async function mark(face: Face, pod: JsonObject, ready: boolean): Promise<void> {
  const value = ready ? 'True' : 'False'
  const lastTransitionTime = new Date(Math.floor(face.now() / 1000) * 1000).toISOString()
  const conditions = ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({
    type,
    status: type.endsWith('eady') || type.startsWith('Containers') ? value : 'True',
    lastTransitionTime,
  }))
  await face.patch(
    { kind: 'Pod', name: nameOf(pod) },
    { subresource: 'status', type: 'merge', body: { status: { phase: 'Running', conditions } } },
  )
}

function ofRevision(snapshot: Snapshot, revision: number): JsonObject | undefined {
  return (snapshot.ReplicaSet ?? []).find(
    (object) =>
      textAt(object, 'metadata', 'annotations', 'rollout.argoproj.io/revision') === `${revision}`,
  )
}

async function theRollout(face: Face): Promise<JsonObject> {
  return objectAt((await face.snapshot()).Rollout?.[0])
}
