/** Scenarios in the sandbox: a cluster in memory, pods that start, our controller, stepped time. */
import { type Controller, startController } from '../../src/app/controller/controller.ts'
import { type JsonObject, textAt } from '../../src/core/json.ts'
import { standardDefaults } from '../../src/core/manifest/judge-settings.ts'
import type { Kind, ObjectRef } from '../../src/core/object.ts'
import { instant, milliseconds, seconds } from '../../src/core/units.ts'
import { type Log, PortError } from '../../src/ports.ts'
import { createSteppedClock, type SteppedClock, untilQuiet } from '../../src/sandbox/clock.ts'
import { resources } from '../../src/sandbox/cluster/resources.ts'
import { createCluster, type SandboxCluster } from '../../src/sandbox/cluster.ts'
import { createRandom } from '../../src/sandbox/random.ts'
import { startWorkloads } from '../../src/sandbox/workloads.ts'
import { eventReasons } from './event-reason.ts'
import type { Face, Patch } from './face.ts'
import { nameOf, type Snapshot } from './facts.ts'
import { watched } from './kinds.ts'
import type { Named } from './scenario.ts'

/** As kwok's pods take it. */
const startDelay = milliseconds(300)

export class SandboxFace implements Face {
  readonly namespace: string
  /** What the controller logged as an error: its own defects. */
  readonly errors: string[] = []
  readonly #clock: SteppedClock
  readonly #cluster: SandboxCluster
  readonly #stopWorkloads: () => void
  readonly #events: string[] = []
  #controller: Controller | undefined

  constructor(namespace: string) {
    this.namespace = namespace
    const settled = untilQuiet(() => this.#cluster.activity())
    this.#clock = createSteppedClock(instant(Date.UTC(2026, 0, 5, 9)), settled)
    this.#cluster = createCluster({ clock: this.#clock, random: createRandom(namespace) })
    this.#stopWorkloads = startWorkloads({
      clock: this.#clock,
      controllerManager: this.#cluster.as('kube-controller-manager'),
      kubelet: this.#cluster.as('kubelet'),
      startDelay,
    })
    this.#cluster.onWrite({ after: ({ after }) => this.#hear(after?.kind, after?.json) })
  }

  async open(): Promise<this> {
    const log: Log = {
      info: () => undefined,
      warn: () => undefined,
      error: (message) => void this.errors.push(message),
    }
    this.#controller = await startController({
      cluster: this.#cluster.as('controller'),
      metricsAt: () => ({
        range: async () => ({ kind: 'failed', why: 'there are no metrics here' }),
      }),
      clock: this.#clock,
      log,
      tell: () => undefined,
      defaults: standardDefaults,
      links: {},
    })
    return this
  }

  async apply(object: JsonObject): Promise<void> {
    const ref = this.#ref(textAt(object, 'kind') ?? '', nameOf(object))
    const there = await this.#cluster.read(ref)
    if (there !== undefined) await this.#cluster.patch(ref, { type: 'merge', body: object })
    else await this.#cluster.create({ ref, json: object })
  }

  async patch({ kind, name }: Named, patch: Patch): Promise<void> {
    const { subresource, ...what } = patch
    const ref = this.#ref(kind, name)
    // An HPA's `scale` is spec.replicas by another way.
    await this.#cluster.patch(ref, subresource === 'status' ? { subresource, ...what } : what)
  }

  async remove({ kind, name }: Named): Promise<void> {
    await this.#cluster.delete(this.#ref(kind, name))
  }

  async snapshot(): Promise<Snapshot> {
    const known = watched.filter((kind) => isServed(kind) && kind !== 'Event')
    const lists = await Promise.all(
      known.map(async (kind) => {
        const objects = await this.#cluster.list(this.#ref(kind, '').kind, this.namespace)
        return [kind, objects.map(({ json }) => json)] as const
      }),
    )
    return Object.fromEntries(lists)
  }

  events(): readonly string[] {
    return this.#events
  }

  async restartController(): Promise<void> {
    this.#controller?.stop()
    await this.open()
  }

  async breathe(): Promise<void> {
    await this.#clock.advance(seconds(1))
  }

  now(): number {
    return this.#clock.now()
  }

  async close(): Promise<void> {
    this.#controller?.stop()
    this.#stopWorkloads()
  }

  #hear(kind: Kind | undefined, event: JsonObject | undefined): void {
    if (kind === 'Event' && event !== undefined) this.#events.push(...eventReasons(event))
  }

  #ref(kind: string, name: string): ObjectRef {
    if (!isServed(kind)) throw new PortError('invalid', `the sandbox serves no ${kind}`)
    return { kind, namespace: this.namespace, name }
  }
}

function isServed(kind: string): kind is Kind {
  return Object.hasOwn(resources, kind)
}
