/** The objects around one Rollout, and what a write does to them. Pods come up two seconds after they are asked for. */
import type { AnalysisRun, Argument, Metric, Phase } from '../../src/core/analysis/metric.ts'
import { type Json, listAt, numberAt, objectAt, textAt, textEntries } from '../../src/core/json.ts'
import { type DrivenRoute, drivenRoutes } from '../../src/core/mesh/routes.ts'
import type { Action } from '../../src/core/rollout/action.ts'
import type { ReplicaSetFacts, RunFacts, ServiceFacts } from '../../src/core/rollout/facts.ts'
import {
  desiredReplicasAnnotation,
  hashLabel,
  managedByAnnotation,
  revisionAnnotation,
  runTypeLabel,
  scaleDownAnnotation,
  stepIndexLabel,
} from '../../src/core/rollout/keys.ts'
import { type Instant, instant, parseTimestamp, plus, seconds } from '../../src/core/units.ts'
import { jsonPatched } from '../../src/sandbox/cluster/json-patch.ts'
import { hostSplit, merged, virtualService } from './notation.ts'

export class World {
  replicaSets: readonly ReplicaSetFacts[] = []
  runs: readonly RunFacts[] = []
  services: { readonly stable: ServiceFacts; readonly canary: ServiceFacts } = {
    stable: service('web-stable'),
    canary: service('web-canary'),
  }
  annotations: Readonly<Record<string, string>> = {}
  virtualService: Json = virtualService()
  /** Pods of these templates never become available. */
  readonly broken: Set<string> = new Set<string>()
  readonly #down = new Map<string, number>()
  readonly #upAt = new Map<string, Instant>()

  /** What two seconds do to pods. */
  settle(now: Instant): void {
    this.replicaSets = this.replicaSets.map((facts) => {
      const waits = this.broken.has(facts.hash) || now < (this.#upAt.get(facts.hash) ?? now)
      const most = facts.wanted - Math.min(facts.wanted, this.#down.get(facts.hash) ?? 0)
      const up = waits ? Math.min(facts.available, most) : most
      return { ...facts, replicas: facts.wanted, ready: up, available: up }
    })
  }

  /** So many pods of a template are never available, until another number is said. */
  down(hash: string, pods: number): void {
    this.#down.set(hash, pods)
  }

  /** Every pod of a template is gone and comes back after two seconds. */
  crash(hash: string, now: Instant): void {
    this.#upAt.set(hash, plus(now, seconds(2)))
    this.replicaSets = this.replicaSets.map((facts) =>
      facts.hash === hash ? { ...facts, ready: 0, available: 0 } : facts,
    )
  }

  routes(): readonly DrivenRoute[] {
    const { routes, problems } = drivenRoutes(objectAt(this.virtualService), hostSplit)
    if (problems.length > 0) throw new Error(JSON.stringify(problems))
    return routes
  }

  /** As the routes say them; absent is 0. */
  weights(): readonly number[] {
    const entries = listAt(this.virtualService, 'spec', 'http', 0, 'route')
    return entries.map((entry) => numberAt(entry, 'weight') ?? 0)
  }

  /** What the analysis program would write. */
  rule(name: string, phase: Phase, message: string | undefined): void {
    if (!this.runs.some(({ run }) => run.name === name)) throw new Error(`no run ${name}`)
    this.runs = this.runs.map((facts) => {
      const { run } = facts
      if (run.name !== name) return facts
      return { ...facts, phase, run: { ...run, status: { ...run.status, phase, message } } }
    })
  }

  apply(action: Action, now: Instant): void {
    switch (action.kind) {
      case 'create':
        return this.#create(action.object.json, now)
      case 'merge':
        return this.#merge(action, now)
      case 'json':
        return this.#patch(action.operations)
      case 'evict':
        return
      case 'delete':
        this.replicaSets = this.replicaSets.filter(({ name }) => name !== action.ref.name)
        this.runs = this.runs.filter(({ run }) => run.name !== action.ref.name)
    }
  }

  #create(json: Json, now: Instant): void {
    const createdAt = instant(Math.floor(now / 1000) * 1000)
    if (textAt(json, 'kind') === 'AnalysisRun') {
      this.runs = [...this.runs, runFacts(json, createdAt)]
      return
    }
    const facts = replicaSetFacts(json, createdAt)
    if (facts.wanted > 0) this.#upAt.set(facts.hash, plus(now, seconds(2)))
    this.replicaSets = [...this.replicaSets, facts]
  }

  #merge({ ref, body }: Extract<Action, { kind: 'merge' }>, now: Instant): void {
    if (ref.kind === 'ReplicaSet') this.#scale(ref.name, body, now)
    else if (ref.kind === 'Service') this.#pin(ref.name, body)
    else if (ref.kind === 'AnalysisRun') this.#terminate(ref.name)
    else this.annotations = merged(this.annotations, body)
  }

  #scale(name: string, body: Json, now: Instant): void {
    this.replicaSets = this.replicaSets.map((facts) => {
      if (facts.name !== name) return facts
      const wanted = numberAt(body, 'spec', 'replicas') ?? facts.wanted
      if (wanted > facts.wanted) this.#upAt.set(facts.hash, plus(now, seconds(2)))
      const minReadySeconds = numberAt(body, 'spec', 'minReadySeconds') ?? facts.minReadySeconds
      return { ...facts, wanted, minReadySeconds, ...annotated(merged(facts.annotations, body)) }
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

  #patch(operations: Extract<Action, { kind: 'json' }>['operations']): void {
    const patched = jsonPatched(this.virtualService, operations)
    if (!patched.ok) throw new Error(patched.message)
    this.virtualService = patched.value
  }

  #terminate(name: string): void {
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

function replicaSetFacts(json: Json, createdAt: Instant): ReplicaSetFacts {
  const name = textAt(json, 'metadata', 'name') ?? ''
  return {
    name,
    uid: name,
    hash: textAt(json, 'metadata', 'labels', hashLabel) ?? '',
    wanted: numberAt(json, 'spec', 'replicas') ?? 1,
    replicas: 0,
    ready: 0,
    available: 0,
    minReadySeconds: numberAt(json, 'spec', 'minReadySeconds') ?? 0,
    failure: undefined,
    createdAt,
    template: objectAt(json, 'spec', 'template'),
    observed: true,
    ...annotated(textEntries(objectAt(json, 'metadata', 'annotations'))),
  }
}

function annotated(
  annotations: Readonly<Record<string, string>>,
): Pick<ReplicaSetFacts, 'annotations' | 'revision' | 'scaleDownAt' | 'desiredReplicas'> {
  const desired = annotations[desiredReplicasAnnotation]
  return {
    annotations,
    revision: Number(annotations[revisionAnnotation] ?? 0),
    scaleDownAt: parseTimestamp(annotations[scaleDownAnnotation] ?? ''),
    desiredReplicas: desired === undefined ? undefined : Number(desired),
  }
}

function runFacts(json: Json, createdAt: Instant): RunFacts {
  const labels = textEntries(objectAt(json, 'metadata', 'labels'))
  const index = labels[stepIndexLabel]
  return {
    run: newRun(json),
    phase: 'New',
    kind: labels[runTypeLabel] === 'Step' ? 'Step' : 'Background',
    stepIndex: index === undefined ? undefined : Number(index),
    hash: labels[hashLabel] ?? '',
    createdAt,
  }
}

function newRun(json: Json): AnalysisRun {
  const name = textAt(json, 'metadata', 'name') ?? ''
  const metrics = listAt(json, 'spec', 'metrics').map(
    (metric): Metric => ({ name: textAt(metric, 'name') ?? '', json: metric }),
  )
  const args = listAt(json, 'spec', 'args').map(
    (arg): Argument => ({
      name: textAt(arg, 'name') ?? '',
      value: textAt(arg, 'value'),
      from: undefined,
    }),
  )
  const status = {
    phase: undefined,
    message: undefined,
    startedAt: undefined,
    completedAt: undefined,
    metricResults: [],
  }
  return { name, namespace: 'shop', uid: name, metrics, args, terminate: false, status }
}
