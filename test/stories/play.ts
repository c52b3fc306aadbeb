/**
 * A rollout played second by second in a world that obeys at once. Status goes over the wire and back after every pass, as it does
 * on a cluster. One line for every second in which something happened.
 */
import type { Phase } from '../../src/core/analysis/metric.ts'
import { parseRolloutStatus, rolloutStatusJson } from '../../src/core/manifest/rollout-status.ts'
import { canaryWeight } from '../../src/core/mesh/routes.ts'
import type { ObjectRef } from '../../src/core/object.ts'
import type { Action } from '../../src/core/rollout/action.ts'
import { explain, stepText } from '../../src/core/rollout/explain.ts'
import type { ReplicaSetFacts, RunFacts } from '../../src/core/rollout/facts.ts'
import { type Journal, parseJournal } from '../../src/core/rollout/journal.ts'
import { journalAnnotation } from '../../src/core/rollout/keys.ts'
import { type Plan, plan } from '../../src/core/rollout/plan.ts'
import type { Scene } from '../../src/core/rollout/scene.ts'
import type { CanarySpec, RolloutSpec } from '../../src/core/rollout/spec.ts'
import type { ConditionType, RolloutStatus } from '../../src/core/rollout/status.ts'
import { type Instant, instant, plus, seconds } from '../../src/core/units.ts'
import { noStatus, rolloutSpec, steps, virtualService } from './notation.ts'
import { World } from './world.ts'

/** Not on a whole second: what is written to the server loses its milliseconds. */
const start = instant(Date.UTC(2026, 0, 1) + 250)

const meshRef: ObjectRef = { kind: 'VirtualService', namespace: 'shop', name: 'web' }

const noServices = { stable: 'none', canary: 'none' } as const

/** One Rollout. Tests change `status` as people do, and `spec` as a push does. */
export class Play {
  spec: RolloutSpec
  status: RolloutStatus = noStatus
  hash = 'aaa'
  now: Instant = start
  readonly world: World = new World()
  background: Scene['analyses']['background']
  /** Called after each single write. */
  onWrite: (play: Play, action: Action) => void = () => undefined
  /** The last pass. */
  last: Plan | undefined
  readonly #lines: string[] = []

  constructor(stepsText: string, replicas = 4) {
    this.spec = rolloutSpec(stepsText, replicas)
  }

  /** Lets time pass; every second is one pass, repeated until it writes nothing. */
  run(forSeconds: number): this {
    for (let second = 0; second < forSeconds; second += 1) {
      this.#second()
      this.now = plus(this.now, seconds(1))
    }
    return this
  }

  /** One pass that dies after its first `writes`: nothing else is written, the status is lost. A second passes. */
  dies(writes: number): this {
    this.world.settle(this.now)
    for (const action of plan(this.scene(), this.now).actions.slice(0, writes)) this.#apply(action)
    this.now = plus(this.now, seconds(1))
    return this
  }

  /** Nobody looks for a while. */
  later(forSeconds: number): this {
    this.now = plus(this.now, seconds(forSeconds))
    return this
  }

  /** What happened since the last call, one line a second. */
  story(): string {
    return `\n${this.#lines.splice(0).join('\n')}\n`
  }

  scene(): Scene {
    const { world, spec } = this
    const routes = world.routes()
    const inline = spec.canary.steps.flatMap((step, index) =>
      step.kind === 'analysis' ? [[index, { metrics: [], args: [] }] as const] : [],
    )
    const { annotations, replicaSets, services, runs } = world
    return {
      rollout: { namespace: 'shop', name: 'web', uid: 'u', generation: 1, annotations },
      spec,
      workload: undefined,
      status: this.status,
      templateHash: this.hash,
      templateDigest: this.hash,
      collisionCount: this.status.collisionCount,
      stepHash: `hash of ${spec.canary.steps.map(stepText).join()}`,
      replicaSets,
      pods: undefined,
      services:
        spec.canary.services.kind === 'pair' && spec.canary.services.stable === undefined
          ? noServices
          : services,
      traffic:
        spec.canary.traffic.kind === 'none'
          ? { kind: 'none' }
          : {
              kind: 'mesh',
              virtualServices: [
                {
                  ref: meshRef,
                  resourceVersion: '1',
                  routes,
                  isClear: true,
                  lastWriter: undefined,
                  managed: [],
                },
              ],
              destinationRule: 'none',
            },
      runs,
      analyses: { background: this.background, steps: new Map(inline) },
    }
  }

  /** Takes away what shares the traffic out: pods alone do. */
  basic(canary: Partial<CanarySpec> = {}): this {
    const services = { kind: 'pair', stable: undefined, canary: undefined } as const
    return this.asksCanary({ services, traffic: { kind: 'none' }, ...canary })
  }

  /** Attaches a background analysis. */
  watched(): this {
    this.background = { metrics: [], args: [] }
    return this
  }

  /** What the analysis program would write. */
  rule(name: string, phase: Phase, message?: string): this {
    this.world.rule(name, phase, message)
    return this
  }

  push(hash: string): this {
    this.hash = hash
    return this
  }

  /** What people and their tools patch. */
  signal(status: Partial<RolloutStatus>): this {
    this.status = { ...this.status, ...status }
    return this
  }

  asks(spec: Partial<RolloutSpec>): this {
    this.spec = { ...this.spec, ...spec }
    return this
  }

  asksCanary(canary: Partial<CanarySpec>): this {
    return this.asks({ canary: { ...this.spec.canary, ...canary } })
  }

  asksSteps(text: string): this {
    return this.asksCanary({ steps: steps(text) })
  }

  /** Somebody edits the VirtualService. */
  handSets(stable: number | undefined, canary: number | undefined): this {
    this.world.virtualService = virtualService(stable, canary)
    return this
  }

  get canary(): number | undefined {
    return canaryWeight(this.world.routes())
  }

  get said(): string {
    return [this.status.phase, this.status.message].filter(Boolean).join(' ')
  }

  replicaSet(hash: string): ReplicaSetFacts | undefined {
    return this.world.replicaSets.find((facts) => facts.hash === hash)
  }

  analysis(name: string): RunFacts | undefined {
    return this.world.runs.find(({ run }) => run.name === name)
  }

  /** `Progressing`: `True ReplicaSetUpdated ReplicaSet "web-aaa" is progressing.`. */
  condition(type: ConditionType): string | undefined {
    const found = this.status.conditions.find((condition) => condition.type === type)
    return found && `${found.status} ${found.reason} ${found.message}`
  }

  journal(hash: string): Journal | undefined {
    return parseJournal(this.replicaSet(hash)?.annotations[journalAnnotation])
  }

  /** `stepping 0 at 50 %`, … in order. */
  stations(hash: string): readonly string[] {
    const stations = this.journal(hash)?.stations ?? []
    return stations.map(({ stage, step, asked, because }) =>
      [`${stage} ${step} at ${asked} %`, because].filter(Boolean).join(': '),
    )
  }

  #second(): void {
    const told: string[] = []
    for (let pass = 0; pass < 20; pass += 1) {
      this.world.settle(this.now)
      const next = plan(this.scene(), this.now)
      told.push(...this.#carryOut(next))
      if (this.#record(next) && next.actions.length === 0) return this.#tell(told, next)
    }
    throw new Error(`never comes to rest: ${told.slice(-5).join(' / ')}`)
  }

  #carryOut({ actions, notes }: Plan): readonly string[] {
    for (const action of actions) this.#apply(action)
    return [...actions.flatMap((action) => action.notes), ...notes].map(({ message }) => message)
  }

  #apply(action: Action): void {
    this.world.apply(action, this.now)
    this.onWrite(this, action)
  }

  /** Says whether the status stayed the same. */
  #record(next: Plan): boolean {
    const before = JSON.stringify(rolloutStatusJson(this.status))
    const json = rolloutStatusJson(next.status)
    this.status = parseRolloutStatus({ status: json })
    this.last = next
    return before === JSON.stringify(json)
  }

  #tell(told: readonly string[], { decision }: Plan): void {
    if (told.length === 0) return
    const at = Math.round((this.now - start) / 1000)
    this.#lines.push(
      `${at}s ${this.canary ?? '?'} % ${this.said} (${explain(decision.because)})`,
      ...told.map((line) => `   ${line}`),
    )
  }
}

/** Revision 1 (`aaa`) is there and healthy. */
export function released(stepsText: string, replicas = 4): Play {
  const play = new Play(stepsText, replicas).run(5)
  play.story()
  return play
}
