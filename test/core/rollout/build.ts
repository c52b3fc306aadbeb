/** A scene in the middle of a healthy release: `aaa` stable with four pods, `bbb` the canary; a test names what differs. */
import type { Phase } from '../../../src/core/analysis/metric.ts'
import { objectAt } from '../../../src/core/json.ts'
import { drivenRoutes } from '../../../src/core/mesh/routes.ts'
import type { ObjectRef } from '../../../src/core/object.ts'
import type {
  PodFacts,
  ReplicaSetFacts,
  RunFacts,
  ServiceFacts,
} from '../../../src/core/rollout/facts.ts'
import { hashLabel } from '../../../src/core/rollout/keys.ts'
import type { Scene } from '../../../src/core/rollout/scene.ts'
import type { CanarySpec, RolloutSpec } from '../../../src/core/rollout/spec.ts'
import type { RolloutStatus } from '../../../src/core/rollout/status.ts'
import { type Instant, instant, plus, seconds } from '../../../src/core/units.ts'
import { hostSplit, noStatus, rolloutSpec, virtualService } from '../../stories/notation.ts'

const start = instant(Date.UTC(2026, 0, 1, 12))

export function at(elapsedSeconds: number): Instant {
  return plus(start, seconds(elapsedSeconds))
}

export type Differs = {
  readonly steps?: string
  readonly spec?: Partial<RolloutSpec>
  readonly canarySpec?: Partial<CanarySpec>
  readonly status?: Partial<RolloutStatus>
  /** Pods of the canary: wanted and available; undefined when its ReplicaSet is not there. */
  readonly canary?: Partial<ReplicaSetFacts> | undefined
  readonly stable?: Partial<ReplicaSetFacts>
  readonly others?: readonly ReplicaSetFacts[]
  /** What the route says; both undefined says nothing. */
  readonly route?: readonly [stable: number | undefined, canary: number | undefined]
  readonly services?: readonly [stable: string | undefined, canary: string | undefined]
  readonly runs?: readonly RunFacts[]
  readonly pods?: readonly PodFacts[]
  readonly workload?: Scene['workload']
  readonly templateHash?: string
  readonly background?: Scene['analyses']['background']
}

export function scene(differs: Differs = {}): Scene {
  const { steps = 'setWeight 50 | pause', templateHash = 'bbb', runs = [], others = [] } = differs
  const asked = { ...rolloutSpec(steps, 4), ...differs.spec }
  const spec = { ...asked, canary: { ...asked.canary, ...differs.canarySpec } }
  const canary = 'canary' in differs ? differs.canary : {}
  const inline = spec.canary.steps.flatMap((step, index) =>
    step.kind === 'analysis' ? [[index, { metrics: [], args: [] }] as const] : [],
  )
  return {
    rollout: { namespace: 'shop', name: 'web', uid: 'u', generation: 3, annotations: {} },
    spec,
    workload: differs.workload,
    status: { ...stepping, ...differs.status },
    templateHash,
    templateDigest: templateHash,
    collisionCount: undefined,
    stepHash: 's',
    replicaSets: [
      replicaSet('aaa', { revision: 1, wanted: 4, ...differs.stable }),
      ...(canary === undefined ? [] : [replicaSet('bbb', canary)]),
      ...others,
    ],
    pods: differs.pods,
    services: servicesOf(differs.services),
    traffic: trafficOf(differs.route),
    runs,
    analyses: { background: differs.background, steps: new Map(inline) },
  }
}

const stepping: RolloutStatus = {
  ...noStatus,
  currentPodHash: 'bbb',
  currentStepHash: 's',
  stableRS: 'aaa',
  currentStepIndex: 0,
}

export function replicaSet(hash: string, facts: Partial<ReplicaSetFacts> = {}): ReplicaSetFacts {
  const { wanted = 2, available = wanted } = facts
  return {
    name: `web-${hash}`,
    uid: hash,
    hash,
    revision: 2,
    wanted,
    replicas: wanted,
    ready: available,
    available,
    minReadySeconds: 0,
    failure: undefined,
    createdAt: at(0),
    scaleDownAt: undefined,
    desiredReplicas: 4,
    annotations: {},
    template: {},
    observed: true,
    ...facts,
  }
}

function servicesOf(hashes: Differs['services'] = ['aaa', 'bbb']): Scene['services'] {
  const [stable, canary] = hashes
  return { stable: service('web-stable', stable), canary: service('web-canary', canary) }
}

function service(name: string, hash: string | undefined): ServiceFacts {
  if (hash === undefined) return { name, selector: { app: 'web' }, managedBy: undefined }
  return { name, selector: { app: 'web', [hashLabel]: hash }, managedBy: 'web' }
}

function trafficOf([stable, canary]: NonNullable<Differs['route']> = [50, 50]): Scene['traffic'] {
  const { routes } = drivenRoutes(objectAt(virtualService(stable, canary)), hostSplit)
  const ref: ObjectRef = { kind: 'VirtualService', namespace: 'shop', name: 'web' }
  return {
    kind: 'mesh',
    virtualServices: [
      { ref, resourceVersion: '1', routes, isClear: true, lastWriter: undefined, managed: [] },
    ],
    destinationRule: 'none',
  }
}

export function run(name: string, phase: Phase | 'New', facts: Partial<RunFacts> = {}): RunFacts {
  const status = {
    phase: phase === 'New' ? undefined : phase,
    message: 'its words',
    startedAt: undefined,
    completedAt: undefined,
    metricResults: [],
  }
  return {
    run: { name, namespace: 'shop', uid: name, metrics: [], args: [], terminate: false, status },
    phase,
    kind: 'Background',
    stepIndex: undefined,
    hash: 'bbb',
    createdAt: at(0),
    ...facts,
  }
}

/** A run as status names it. */
export function named(name: string): { name: string; status: string; message: undefined } {
  return { name, status: 'Running', message: undefined }
}
