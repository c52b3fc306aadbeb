/**
 * A rollout played second by second in a world that obeys at once: pods come up two seconds after they are asked for, the route says
 * what was written. One line for every second in which something happened.
 */
import type { AnalysisRun, Phase } from '../../src/core/analysis/metric.ts'
import { type Json, listAt, numberAt, objectAt, textAt, textEntries } from '../../src/core/json.ts'
import { canaryWeight, drivenRoutes } from '../../src/core/mesh/routes.ts'
import type { Action } from '../../src/core/rollout/action.ts'
import { explain, stepText } from '../../src/core/rollout/explain.ts'
import type { ReplicaSetFacts, RunFacts, ServiceFacts } from '../../src/core/rollout/facts.ts'
import {
  hashLabel,
  managedByAnnotation,
  revisionAnnotation,
  runTypeLabel,
  scaleDownAnnotation,
  stepIndexLabel,
} from '../../src/core/rollout/keys.ts'
import { type Plan, plan } from '../../src/core/rollout/plan.ts'
import type { Scene } from '../../src/core/rollout/scene.ts'
import type { RolloutSpec, Step } from '../../src/core/rollout/spec.ts'
import type { RolloutStatus } from '../../src/core/rollout/status.ts'
import {
  type Instant,
  instant,
  isWeight,
  milliseconds,
  minutes,
  parseTimestamp,
  plus,
  seconds,
  weight,
} from '../../src/core/units.ts'

export const noStatus: RolloutStatus = {
  observedGeneration: undefined,
  phase: undefined,
  message: undefined,
  conditions: [],
  abort: false,
  abortedAt: undefined,
  promoteFull: false,
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
  stepRun: undefined,
  backgroundRun: undefined,
}

/** `setWeight 50 | pause 10m | pause | analysis`. */
export function steps(text: string): readonly Step[] {
  return text.split('|').map((part) => parseStep(part.trim()))
}

function parseStep(text: string): Step {
  const [kind, argument] = text.split(' ')
  if (kind === 'setWeight') return { kind, weight: weight(Number(argument)) }
  if (kind === 'analysis')
    return { kind, analysis: { templates: [], args: [], labels: {}, annotations: {} } }
  if (kind !== 'pause') throw new Error(`no such step: ${text}`)
  return {
    kind,
    duration: argument === undefined ? 'forever' : minutes(Number(argument.slice(0, -1))),
    text: argument,
  }
}

function nothing(): void {}

const start = instant(Date.UTC(2026, 0, 1))

/** The world of one Rollout. Tests change `status` as people do, and `spec` as a push does. */
export class Play {
  spec: RolloutSpec
  status: RolloutStatus = noStatus
  hash = 'aaa'
  now: Instant = start
  replicaSets: ReplicaSetFacts[] = []
  runs: RunFacts[] = []
  services: Scene['services'] = { stable: service('web-stable'), canary: service('web-canary') }
  annotations: Record<string, string> = {}
  virtualService: Json = virtualService(undefined)
  background: Scene['analyses']['background']
  /** Called after each single write. */
  onWrite: (play: Play, action: Action) => void = nothing
  /** Pods of these templates never become available. */
  broken: Set<string> = new Set<string>()
  readonly #lines: string[] = []
  readonly #upAt = new Map<string, Instant>()

  constructor(stepsText: string, replicas = 4) {
    const list = steps(stepsText)
    this.spec = {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      matchLabels: { app: 'web' },
      template: {},
      minReadySeconds: 0,
      revisionHistoryLimit: 10,
      paused: false,
      progressDeadline: minutes(10),
      progressDeadlineAbort: false,
      analysisHistory: { successful: 5, unsuccessful: 5 },
      canary: {
        canaryService: 'web-canary',
        stableService: 'web-stable',
        virtualService: { namespace: 'shop', name: 'web', routes: [] },
        steps: list,
        stepsJson: null,
        background: undefined,
        scaleDownDelay: seconds(30),
        abortScaleDownDelay: seconds(30),
      },
    }
  }

  /** Lets time pass; every second is one pass, repeated until it writes nothing. */
  run(forSeconds: number): this {
    for (let second = 0; second < forSeconds; second += 1) {
      this.#second()
      this.now = plus(this.now, seconds(1))
    }
    return this
  }

  /** What happened since the last call, one line a second. */
  story(): string {
    return `\n${this.#lines.splice(0).join('\n')}\n`
  }

  scene(): Scene {
    const split = {
      namespace: 'shop',
      stableService: 'web-stable',
      canaryService: 'web-canary',
      routes: [],
    }
    const routes = drivenRoutes(objectAt(this.virtualService), split)
    if (!routes.ok) throw new Error(JSON.stringify(routes.problems))
    return {
      rollout: {
        namespace: 'shop',
        name: 'web',
        uid: 'u',
        generation: 1,
        annotations: this.annotations,
      },
      spec: this.spec,
      status: this.status,
      templateHash: this.hash,
      stepHash: this.spec.canary.steps.map(stepText).join(),
      replicaSets: this.replicaSets,
      services: this.services,
      route: {
        ref: { kind: 'VirtualService', namespace: 'shop', name: 'web' },
        resourceVersion: '1',
        routes: routes.value,
        canary: canaryWeight(routes.value),
      },
      runs: this.runs,
      analyses: {
        background: this.background,
        steps: new Map(
          this.spec.canary.steps.flatMap((step, index) =>
            step.kind === 'analysis' ? [[index, { metrics: [], args: [] }]] : [],
          ),
        ),
      },
    }
  }

  /** What the analysis program would write. */
  rule(name: string, phase: Phase, message?: string): this {
    this.runs = this.runs.map((facts) => {
      if (facts.run.name !== name) return facts
      return {
        ...facts,
        phase,
        run: { ...facts.run, status: { ...facts.run.status, phase, message } },
      }
    })
    return this
  }

  push(hash: string): this {
    this.hash = hash
    return this
  }

  signal(status: Partial<RolloutStatus>): this {
    this.status = { ...this.status, ...status }
    return this
  }

  get canary(): number | undefined {
    return this.scene().route.canary
  }

  #second(): void {
    const told: string[] = []
    for (let pass = 0; pass < 20; pass += 1) {
      this.#podsComeUp()
      const next = plan(this.scene(), this.now)
      for (const action of next.actions) {
        this.#apply(action)
        this.onWrite(this, action)
        told.push(...action.notes.map(({ message }) => message))
      }
      told.push(...next.notes.map(({ message }) => message))
      const quiet =
        next.actions.length === 0 && JSON.stringify(next.status) === JSON.stringify(this.status)
      this.status = next.status
      if (quiet) return this.#tell(told, next)
    }
    throw new Error(`never comes to rest: ${told.slice(-5).join(' / ')}`)
  }

  #tell(told: readonly string[], { decision }: Plan): void {
    if (told.length === 0) return
    const at = Math.round((this.now - start) / 1000)
    const said = [this.status.phase, this.status.message].filter(Boolean).join(' ')
    this.#lines.push(
      `${at}s ${this.canary ?? '?'} % ${said} (${explain(decision.because)})`,
      ...told.map((line) => `   ${line}`),
    )
  }

  #podsComeUp(): void {
    this.replicaSets = this.replicaSets.map((facts) => {
      const readyAt = this.#upAt.get(facts.hash) ?? this.now
      const up =
        this.broken.has(facts.hash) || this.now < readyAt
          ? Math.min(facts.available, facts.wanted)
          : facts.wanted
      return { ...facts, replicas: facts.wanted, ready: up, available: up }
    })
  }

  #apply(action: Action): void {
    if (action.kind === 'delete') return this.#delete(action.ref.name)
    if (action.kind === 'create') return this.#create(action.object.json)
    if (action.kind === 'json') return this.#route(action.operations)
    const { ref, body } = action
    if (ref.kind === 'ReplicaSet') return this.#scale(ref.name, body)
    if (ref.kind === 'Service') return this.#pin(ref.name, body)
    if (ref.kind === 'AnalysisRun') return this.#end(ref.name)
    if (ref.kind === 'Rollout')
      Object.assign(this.annotations, textEntries(objectAt(body, 'metadata', 'annotations')))
  }

  #delete(name: string): void {
    this.replicaSets = this.replicaSets.filter((facts) => facts.name !== name)
    this.runs = this.runs.filter(({ run }) => run.name !== name)
  }

  #create(json: Json): void {
    const metadata = objectAt(json, 'metadata')
    const labels = textEntries(metadata['labels'])
    const annotations = textEntries(metadata['annotations'])
    const name = textAt(metadata, 'name') ?? ''
    if (textAt(json, 'kind') === 'AnalysisRun') {
      const run: AnalysisRun = {
        name,
        namespace: 'shop',
        uid: name,
        metrics: [],
        args: [],
        terminate: false,
        status: {
          phase: undefined,
          message: undefined,
          startedAt: undefined,
          completedAt: undefined,
          metricResults: [],
        },
      }
      const kind = labels[runTypeLabel] === 'Step' ? 'Step' : 'Background'
      const stepIndex =
        labels[stepIndexLabel] === undefined ? undefined : Number(labels[stepIndexLabel])
      this.runs.push({
        run,
        phase: 'New',
        kind,
        stepIndex,
        hash: labels[hashLabel] ?? '',
        createdAt: this.now,
      })
      return
    }
    const facts: ReplicaSetFacts = {
      name,
      uid: name,
      hash: labels[hashLabel] ?? '',
      revision: Number(annotations[revisionAnnotation]),
      wanted: numberAt(json, 'spec', 'replicas') ?? 0,
      replicas: 0,
      ready: 0,
      available: 0,
      createdAt: this.now,
      scaleDownAt: undefined,
      desiredReplicas: undefined,
      annotations,
      template: {},
    }
    this.replicaSets.push(facts)
  }

  #scale(name: string, body: Json): void {
    const changed = objectAt(body, 'metadata', 'annotations')
    this.replicaSets = this.replicaSets.map((facts) => {
      if (facts.name !== name) return facts
      const annotations = Object.fromEntries(
        Object.entries({ ...facts.annotations, ...changed }).filter(
          ([, value]) => typeof value === 'string',
        ),
      )
      const texts = textEntries(annotations)
      const wanted = numberAt(body, 'spec', 'replicas') ?? facts.wanted
      if (wanted > facts.wanted) this.#upAt.set(facts.hash, plus(this.now, milliseconds(2000)))
      const scaleDownAt = parseTimestamp(texts[scaleDownAnnotation] ?? '')
      const desired = texts['rollout.argoproj.io/desired-replicas']
      return {
        ...facts,
        annotations: texts,
        wanted,
        scaleDownAt,
        revision: Number(texts[revisionAnnotation]),
        desiredReplicas: desired === undefined ? undefined : Number(desired),
      }
    })
  }

  #pin(name: string, body: Json): void {
    const side = name === 'web-stable' ? 'stable' : 'canary'
    const before = this.services[side]
    const managedBy =
      textAt(body, 'metadata', 'annotations', managedByAnnotation) ?? before.managedBy
    const selector = { ...before.selector, ...textEntries(objectAt(body, 'spec', 'selector')) }
    this.services = { ...this.services, [side]: { ...before, selector, managedBy } }
  }

  #route(operations: Extract<Action, { kind: 'json' }>['operations']): void {
    const asked = operations.find(
      (operation) => operation.op === 'add' && operation.path.endsWith('route/1/weight'),
    )
    const canary = asked?.op === 'add' ? Number(asked.value) : Number.NaN
    this.virtualService = virtualService(isWeight(canary) ? canary : undefined)
  }

  #end(name: string): void {
    this.runs = this.runs.map((facts) =>
      facts.run.name === name
        ? { ...facts, phase: 'Successful' as const, run: { ...facts.run, terminate: true } }
        : facts,
    )
  }
}

function service(name: string): ServiceFacts {
  return { name, selector: { app: 'web' }, managedBy: undefined }
}

function virtualService(canary: number | undefined): Json {
  const weights = canary === undefined ? [{}, {}] : [{ weight: 100 - canary }, { weight: canary }]
  return {
    metadata: { namespace: 'shop', name: 'web' },
    spec: {
      http: [
        {
          route: [
            { destination: { host: 'web-stable' }, ...weights[0] },
            { destination: { host: 'web-canary' }, ...weights[1] },
          ],
        },
      ],
    },
  }
}

export function routeEntries(play: Play): readonly Json[] {
  return listAt(play.virtualService, 'spec', 'http', 0, 'route')
}
