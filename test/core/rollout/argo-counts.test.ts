/** Argo's own tables of replica counts (`fixtures/argo-replica-counts`). */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { basicCounts, nearestSplit } from '../../../src/core/rollout/basic-counts.ts'
import { isAt, meets, podsFor, surgeOf, unavailableOf } from '../../../src/core/rollout/counts.ts'
import { wantedPods } from '../../../src/core/rollout/pods.ts'
import type { CanaryScale, CanarySpec, PodLimit, Step } from '../../../src/core/rollout/spec.ts'
import { standingOf } from '../../../src/core/rollout/stage.ts'
import { weight } from '../../../src/core/units.ts'
import { rolloutSpec } from '../../stories/notation.ts'
import { at, type Differs, replicaSet, scene } from './build.ts'

const podLimit = z.union([z.number(), z.string()]).optional()
const facts = z.object({
  Status: z.object({ AvailableReplicas: z.number() }),
  Spec: z.object({ Replicas: z.number().nullable() }).optional(),
})

const cases = z
  .object({
    counts: z.array(
      z.strictObject({
        name: z.string(),
        rolloutSpecReplicas: z.number(),
        setWeight: z.number().default(0),
        maxSurge: podLimit,
        maxUnavailable: podLimit,
        promoteFull: z.boolean().default(false),
        statusAbort: z.boolean().default(false),
        stableSpecReplica: z.number(),
        stableAvailableReplica: z.number(),
        canarySpecReplica: z.number().default(0),
        canaryAvailableReplica: z.number().default(0),
        expectedStableReplicaCount: z.number(),
        expectedCanaryReplicaCount: z.number(),
        olderRS: z.object({ spec: z.number(), available: z.number() }).nullish(),
        setCanaryScale: z
          .object({
            replicas: z.number().nullable(),
            weight: z.number().nullable(),
            matchTrafficWeight: z.boolean(),
          })
          .nullish(),
        trafficRouting: z.boolean().nullish(),
        abortScaleDownDelaySeconds: z.number().optional(),
        minPodsPerReplicaSet: z.number().optional(),
      }),
    ),
    pairs: z.array(
      z.strictObject({
        replicas: z.number(),
        weight: z.number(),
        maxWeight: z.literal(100),
        maxSurge: z.number(),
        expCanary: z.number(),
        expStable: z.number(),
      }),
    ),
    dynamic: z.array(
      z.object({
        name: z.string(),
        rolloutReplicas: z.number(),
        /** The weight of the first step, whatever its name says. */
        rolloutMaxReplicas: z.number(),
        rolloutAbort: z.boolean(),
        steps: z.array(z.object({ SetWeight: z.number() })).default([]),
        canaryWeight: z.number(),
        stableWeight: z.number(),
        canaryRSReplicas: z.number().optional(),
        availableCanaryReplicas: z.number().optional(),
        stableRSReplicas: z.number().optional(),
        availableStableReplicas: z.number().optional(),
        expectedCanaryReplicas: z.number(),
        expectedStableReplicas: z.number(),
      }),
    ),
    podsForWeight: z.array(
      z.object({
        pods: z.number(),
        replicas: z.number(),
        weight: z.number(),
        maxWeight: z.number(),
      }),
    ),
    thresholds: z.array(
      z.object({
        name: z.string(),
        threshold: z.object({ Type: z.string(), Value: z.number() }).nullable(),
        rs: facts.nullable(),
        desired: z.number(),
        want: z.boolean(),
      }),
    ),
    available: z.array(
      z.object({
        name: z.string(),
        rs: facts.nullable(),
        desired: z.number(),
        want: z.boolean(),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync('fixtures/argo-replica-counts/cases.json', 'utf8')))

describe('the pair of counts nearest to a weight', () => {
  const rows = cases.pairs.map((row) => ({
    ...row,
    it: `${row.replicas} pods, ${row.weight} %, surge ${row.maxSurge}`,
  }))
  test.for(rows)('$it', (row) => {
    expect(
      nearestSplit({ weight: weight(row.weight), replicas: row.replicas, surge: row.maxSurge }),
    ).toEqual({ canary: row.expCanary, stable: row.expStable })
  })
})

type CountsRow = (typeof cases.counts)[number]

describe('counts without traffic routing', () => {
  test.for(cases.counts.filter(({ trafficRouting }) => !trafficRouting))('$name', (row) => {
    const spec = specOf(row)
    const asked = {
      weight: weight(row.promoteFull ? 100 : row.setWeight),
      replicas: spec.replicas,
      surge: surgeOf(spec),
      unavailable: unavailableOf(spec),
    }
    const present = {
      canary: { wanted: row.canarySpecReplica, available: row.canaryAvailableReplica },
      stable: { wanted: row.stableSpecReplica, available: row.stableAvailableReplica },
      older: row.olderRS?.spec ?? 0,
    }
    expect(basicCounts(asked, present)).toEqual({
      canary: row.expectedCanaryReplicaCount,
      stable: row.expectedStableReplicaCount,
    })
  })

  test('a new deployment gets all pods, with no stable side and with itself as the stable side', () => {
    const asked = { weight: weight(10), replicas: 10, surge: 0, unavailable: 1 }
    const canary = { wanted: 9, available: 9 }
    expect(basicCounts(asked, { canary, stable: undefined, older: 0 })).toEqual({
      canary: 10,
      stable: 0,
    })
  })
})

describe('counts with traffic routing', () => {
  test.for(cases.counts.filter(({ trafficRouting }) => trafficRouting))('$name', (row) => {
    const steps: readonly Step[] = [
      ...(row.setCanaryScale
        ? [{ kind: 'setCanaryScale' as const, scale: scaleOf(row.setCanaryScale) }]
        : []),
      { kind: 'setWeight', weight: weight(row.setWeight) },
    ]
    const found = pods({
      spec: { ...specOf(row), canary: { ...specOf(row).canary, steps } },
      status: {
        promoteFull: row.promoteFull,
        abort: row.statusAbort,
        currentStepIndex: steps.length - 1,
      },
      stable: { wanted: row.stableSpecReplica, available: row.stableAvailableReplica },
      canary: { wanted: row.canarySpecReplica, available: row.canaryAvailableReplica },
      services: ['aaa', 'aaa'],
      route: [100, 0],
    })
    expect(found).toEqual({
      canary: row.expectedCanaryReplicaCount,
      stable: row.expectedStableReplicaCount,
    })
  })
})

describe('counts where the stable pods follow the traffic', () => {
  test.for(cases.dynamic)('$name', (row) => {
    // What the route carries is what an earlier step asked for.
    const weights = [
      row.canaryWeight,
      row.rolloutMaxReplicas,
      ...row.steps.map(({ SetWeight }) => SetWeight),
    ]
    const found = pods({
      spec: rolloutSpec(
        weights.map((each) => `setWeight ${each}`).join(' | '),
        row.rolloutReplicas,
      ),
      canarySpec: { dynamicStableScale: true, abortScaleDownDelay: 'with-traffic' },
      status: { abort: row.rolloutAbort, currentStepIndex: row.rolloutAbort ? 0 : 1 },
      canary: {
        wanted: row.canaryRSReplicas ?? podsFor(row.canaryWeight, row.rolloutReplicas),
        available:
          row.canaryRSReplicas ??
          (row.rolloutAbort ? 0 : podsFor(row.canaryWeight, row.rolloutReplicas)),
      },
      stable: {
        wanted: row.stableRSReplicas ?? podsFor(row.stableWeight, row.rolloutReplicas),
        available: row.availableStableReplicas ?? row.rolloutReplicas,
      },
      route: [row.stableWeight, row.canaryWeight],
    })
    expect(found).toEqual({
      canary: row.expectedCanaryReplicas,
      stable: row.expectedStableReplicas,
    })
  })
})

test.for(cases.podsForWeight.filter(({ maxWeight }) => maxWeight === 100))(
  '$weight % of $replicas are $pods pods',
  (row) => {
    expect(podsFor(row.weight, row.replicas)).toBe(row.pods)
  },
)

describe('when a ReplicaSet counts as scaled', () => {
  test.for(cases.thresholds)('$name', ({ threshold, rs, desired, want }) => {
    const found = rs === null ? undefined : factsOf(rs)
    const asked = thresholdOf(threshold)
    expect(asked === undefined ? isAt(found, desired) : meets(asked, found, desired)).toBe(want)
  })

  test.for(cases.available)('$name', ({ rs, desired, want }) => {
    expect(isAt(rs === null ? undefined : factsOf(rs), desired)).toBe(want)
  })
})

/** A negative value is none, as the manifest's reader has it. */
function thresholdOf(
  given: (typeof cases.thresholds)[number]['threshold'],
): CanarySpec['progressThreshold'] {
  if (given === null || given.Value < 0) return undefined
  return { type: given.Type === 'Pods' ? 'Pods' : 'Percent', value: given.Value }
}

function factsOf({ Status, Spec }: z.infer<typeof facts>): ReturnType<typeof replicaSet> {
  return replicaSet('bbb', {
    available: Status.AvailableReplicas,
    wanted: Spec === undefined ? Status.AvailableReplicas : (Spec.Replicas ?? 1),
  })
}

/** What both sides should have, in a scene. A canary whose time after an abort is over has no other reason to stay. */
function pods(differs: Differs): { readonly canary: number; readonly stable: number } {
  const seen = scene({ ...differs, canary: { scaleDownAt: at(0), ...differs.canary } })
  const wanted = wantedPods(seen, standingOf(seen), at(60))
  const of = (hash: string): number =>
    wanted.find(({ replicaSet: each }) => each.hash === hash)?.replicas ?? -1
  return { canary: of('bbb'), stable: of('aaa') }
}

function specOf(row: CountsRow): Differs['spec'] & ReturnType<typeof rolloutSpec> {
  const spec = rolloutSpec('', row.rolloutSpecReplicas)
  const delay = row.abortScaleDownDelaySeconds
  return {
    ...spec,
    canary: {
      ...spec.canary,
      maxSurge: limitOf(row.maxSurge ?? 0),
      maxUnavailable: limitOf(row.maxUnavailable ?? 0),
      minPods: row.minPodsPerReplicaSet ?? 0,
      abortScaleDownDelay: delay === 0 ? 'never' : spec.canary.abortScaleDownDelay,
    },
  }
}

function limitOf(limit: number | string): PodLimit {
  return typeof limit === 'number'
    ? { kind: 'pods', pods: limit }
    : { kind: 'percent', percent: Number.parseInt(limit, 10) }
}

function scaleOf(scale: NonNullable<CountsRow['setCanaryScale']>): CanaryScale {
  if (scale.matchTrafficWeight) return { kind: 'matchTrafficWeight' }
  return scale.replicas === null
    ? { kind: 'weight', percent: scale.weight ?? 0 }
    : { kind: 'replicas', replicas: scale.replicas }
}
