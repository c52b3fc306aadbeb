/** What a story starts from, in few words. */
import { type Json, objectAt } from '../../src/core/json.ts'
import type { Split } from '../../src/core/mesh/routes.ts'
import type { RouteSelection } from '../../src/core/mesh/selection.ts'
import type { CanaryScale, RolloutSpec, Step } from '../../src/core/rollout/spec.ts'
import type { RolloutStatus } from '../../src/core/rollout/status.ts'
import { minutes, seconds, weight } from '../../src/core/units.ts'

export const noStatus: RolloutStatus = {
  observedGeneration: undefined,
  workloadObservedGeneration: undefined,
  phase: undefined,
  message: undefined,
  conditions: [],
  abort: false,
  abortedAt: undefined,
  promoteFull: false,
  restartedAt: undefined,
  pauseConditions: [],
  controllerPause: false,
  currentStepIndex: undefined,
  currentStepHash: undefined,
  currentPodHash: undefined,
  stableRS: undefined,
  collisionCount: undefined,
  replicas: 0,
  updatedReplicas: 0,
  readyReplicas: 0,
  availableReplicas: 0,
  hpaReplicas: 0,
  selector: undefined,
  weights: undefined,
  stablePingPong: undefined,
  stepRun: undefined,
  backgroundRun: undefined,
}

/** `setWeight 50 | pause 10m | pause | analysis | scale 3`; empty for none. */
export function steps(text: string): readonly Step[] {
  return text === '' ? [] : text.split('|').map((part) => parseStep(part.trim()))
}

function parseStep(text: string): Step {
  const [kind, argument] = text.split(' ')
  if (kind === 'setWeight') return { kind, weight: weight(Number(argument)) }
  if (kind === 'analysis')
    return { kind, analysis: { templates: [], args: [], labels: {}, annotations: {} } }
  if (kind === 'scale') return { kind: 'setCanaryScale', scale: scaleOf(argument ?? '') }
  if (kind !== 'pause') throw new Error(`no such step: ${text}`)
  return {
    kind,
    duration: argument === undefined ? 'forever' : minutes(Number(argument.slice(0, -1))),
    text: argument,
  }
}

/** `3` pods, `40%`, or `match` for as many as the weight asks for. */
function scaleOf(text: string): CanaryScale {
  if (text === 'match') return { kind: 'matchTrafficWeight' }
  const count = Number(text.replace('%', ''))
  return text.endsWith('%')
    ? { kind: 'weight', percent: count }
    : { kind: 'replicas', replicas: count }
}

export function rolloutSpec(stepsText: string, replicas: number): RolloutSpec {
  return {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    matchLabels: { app: 'web' },
    template: { metadata: { labels: { app: 'web' } } },
    workload: undefined,
    restartAt: undefined,
    minReadySeconds: 0,
    revisionHistoryLimit: 10,
    paused: false,
    progressDeadline: minutes(10),
    progressDeadlineAbort: false,
    rollbackWindow: 0,
    analysisHistory: { successful: 5, unsuccessful: 5 },
    canary: {
      services: { kind: 'pair', stable: 'web-stable', canary: 'web-canary' },
      traffic: {
        kind: 'mesh',
        form: 'one',
        virtualServices: [{ namespace: 'shop', name: 'web', selection: everyRoute }],
        destinationRule: undefined,
        managedRoutes: [],
      },
      steps: steps(stepsText),
      stepsJson: null,
      background: undefined,
      maxSurge: { kind: 'percent', percent: 25 },
      maxUnavailable: { kind: 'percent', percent: 25 },
      minPods: 0,
      progressThreshold: undefined,
      dynamicStableScale: false,
      scaleDownDelay: seconds(30),
      scaleDownDelayRevisionLimit: 2_147_483_647,
      abortScaleDownDelay: seconds(30),
      antiAffinity: undefined,
      canaryMetadata: { labels: {}, annotations: {} },
      stableMetadata: { labels: {}, annotations: {} },
    },
  }
}

const everyRoute: RouteSelection = { http: [], tls: [], tcp: [] }

/** Between the two Services of the story, on the only route. */
export const hostSplit: Split = {
  namespace: 'shop',
  sides: { kind: 'hosts', stable: 'web-stable', canary: 'web-canary' },
  selection: everyRoute,
  managed: [],
}

/** One route between the two Services, with the weights that it says; none when undefined. */
export function virtualService(stable?: number, canary?: number): Json {
  return {
    metadata: { namespace: 'shop', name: 'web', resourceVersion: '1' },
    spec: {
      http: [{ route: [destination('web-stable', stable), destination('web-canary', canary)] }],
    },
  }
}

function destination(host: string, share: number | undefined): Json {
  return { destination: { host }, ...(share === undefined ? {} : { weight: share }) }
}

/** As the API server keeps annotations after a merge patch. */
export function merged(
  before: Readonly<Record<string, string>>,
  body: Json,
): Readonly<Record<string, string>> {
  const changed = objectAt(body, 'metadata', 'annotations')
  const after = Object.entries({ ...before, ...changed })
  return Object.fromEntries(
    after.filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
  )
}
