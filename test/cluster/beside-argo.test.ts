/**
 * The same releases on the same kind of control plane, once with Argo's own controller and once with ours: what the world sees at each station
 * is the same. Every difference that is meant stands in `meant`, with its reason.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { type Json, listAt, numberAt, textAt } from '../../src/core/json.ts'
import { phaseOf, type Rig, startRig } from './rig.ts'
import { hashes, Shop } from './shop.ts'

type Station = Readonly<Record<string, Json | undefined>>

test('Argo’s controller and ours go through the same stations', async () => {
  const argos = await playWith('argo')
  const ours = await playWith('haldane')
  expect(ours).toEqual(meant(argos))
})

/** Where we differ on purpose. */
function meant(argos: Readonly<Record<string, Station>>): Readonly<Record<string, Station>> {
  const { aborted, ...rest } = argos
  // Argo leaves Paused=True after an abort out of a pause; ours says what is: nothing waits for anybody.
  const conditions = listAt(aborted ?? null, 'conditions').map((text) =>
    text === 'Paused True RolloutPaused' ? 'Paused False RolloutPaused' : text,
  )
  return { ...rest, aborted: { ...aborted, conditions } }
}

async function playWith(
  controller: 'argo' | 'haldane',
): Promise<Readonly<Record<string, Station>>> {
  const rig = await startRig({ controller })
  try {
    return await play(rig)
  } finally {
    await rig.stop()
  }
}

async function play(rig: Rig): Promise<Readonly<Record<string, Station>>> {
  const shop = new Shop(rig, 'same', { steps: [{ setWeight: 50 }, { pause: { duration: '10m' } }] })
  const argo = (...args: readonly string[]): Promise<string> => rig.argo(...args, '-n', 'same')
  const stations: Record<string, Station> = {}
  const at = async (name: string, wanted: RegExp, quiet = 3000): Promise<void> => {
    await shop.reaches(wanted)
    await sleep(quiet)
    stations[name] = await station(shop)
  }
  await shop.furnish()
  await shop.push({ image: 'reviews:1' })
  await at('first deploy', /^Healthy$/)
  await shop.push({ image: 'reviews:2' })
  await at('paused', /^Paused CanaryPauseStep/)
  await argo('abort', 'reviews')
  await at('aborted', /^Degraded RolloutAborted/, 10_000)
  await argo('retry', 'rollout', 'reviews')
  await at('retried', /^Paused CanaryPauseStep/)
  await argo('promote', 'reviews')
  await at('promoted', /^Healthy$/, 10_000)
  await shop.push({ image: 'reviews:3' })
  await at('third version', /^Paused CanaryPauseStep/)
  await shop.push({ image: 'reviews:4' })
  await at('superseded', /^Paused CanaryPauseStep/)
  await shop.push({ image: 'reviews:2' })
  await at('back to stable', /^Healthy$/, 10_000)
  await argo('undo', 'reviews', '--to-revision', '1')
  await at('undone', /^Paused CanaryPauseStep/)
  await argo('promote', 'reviews', '--full')
  await at('promoted in full', /^Healthy$/, 10_000)
  return stations
}

async function station(shop: Shop): Promise<Station> {
  const rollout = await shop.get('rollout', 'reviews')
  const conditions = listAt(rollout, 'status', 'conditions').map((condition) =>
    ['type', 'status', 'reason'].map((key) => textAt(condition, key)).join(' '),
  )
  return {
    phase: phaseOf(rollout),
    step: numberAt(rollout, 'status', 'currentStepIndex'),
    stepHash: textAt(rollout, 'status', 'currentStepHash'),
    ...hashes(rollout),
    revision: textAt(rollout, 'metadata', 'annotations', 'rollout.argoproj.io/revision'),
    conditions: conditions.toSorted(),
    weights: await shop.weights(),
    statusWeights: `${numberAt(rollout, 'status', 'canary', 'weights', 'stable', 'weight')}/${numberAt(rollout, 'status', 'canary', 'weights', 'canary', 'weight')}`,
    stableService: await shop.selector('reviews-stable'),
    canaryService: await shop.selector('reviews-canary'),
    pods: await shop.pods(),
    replicas: [
      'replicas',
      'updatedReplicas',
      'readyReplicas',
      'availableReplicas',
      'HPAReplicas',
    ].map((key) => numberAt(rollout, 'status', key) ?? 0),
  }
}
