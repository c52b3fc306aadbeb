/**
 * Each release is played once in peace. Then again and again, with one thing going wrong at another place each time: the controller is killed
 * after a write and another one begins, a write meets a conflict, a write is done but not answered, watches lose what happens. The end is the
 * same, the laws hold after each write, no template gets a second ReplicaSet, and nothing is told more than once more.
 */
import { beforeAll, describe, expect, test } from 'vitest'
import { type Controller, startController } from '../../src/app/controller/controller.ts'
import { listAt, numberAt, textAt } from '../../src/core/json.ts'
import { standardDefaults } from '../../src/core/manifest/judge-settings.ts'
import { hashLabel } from '../../src/core/rollout/keys.ts'
import { seconds } from '../../src/core/units.ts'
import { type Cluster, PortError } from '../../src/ports.ts'
import { createRandom } from '../../src/sandbox/random.ts'
import { forgetful, type Life, mortal } from './mortal.ts'
import { rolloutSpec, Sandbox } from './sandbox.ts'

const seed = process.env['HALDANE_SEED'] ?? '1'

const steps = [{ setWeight: 25 }, { setWeight: 50 }, { pause: {} }, { setWeight: 75 }]

type Scenario = { readonly name: string; readonly play: (stage: Stage) => Promise<void> }

const scenarios: readonly Scenario[] = [
  {
    name: 'promoted by a person',
    play: async (stage) => {
      await stage.push('web:2', /^Paused/)
      await stage.signal({ pauseConditions: null }, /^Healthy/)
    },
  },
  {
    name: 'aborted, tried again, promoted in full',
    play: async (stage) => {
      await stage.push('web:2', /^Paused/)
      await stage.signal({ abort: true }, /^Degraded RolloutAborted/)
      await stage.signal({ abort: false }, /^Paused/)
      await stage.signal({ promoteFull: true }, /^Healthy/)
    },
  },
  {
    name: 'replaced in the middle, then back to what is stable',
    play: async (stage) => {
      await stage.push('web:2', /^Paused/)
      await stage.push('web:3', /^Paused/)
      await stage.push('web:1', /^Healthy/)
    },
  },
]

type Fault = 'killed' | 'conflict' | 'done, but not answered'
const faults: readonly Fault[] = ['killed', 'conflict', 'done, but not answered']

describe.for(scenarios)('$name', { timeout: 180_000 }, ({ play }) => {
  let calm: Ended
  beforeAll(async () => {
    calm = await played(play, undefined)
  })

  test('without any trouble no law is broken', () => {
    expect(calm.writes).toBeGreaterThan(15)
    expect(calm.broken).toEqual([])
    expect(calm.errors).toEqual([])
  })

  test.for(faults)('after any write: %s', async (fault) => {
    const found: string[] = []
    for (let nth = 1; nth <= calm.writes; nth += 1)
      found.push(...differences(await played(play, { fault, nth }), calm, `write ${nth}`))
    expect(found).toEqual([])
  })

  test('with watches that lose what happens', async () => {
    const found: string[] = []
    for (let run = 1; run <= 10; run += 1) {
      const losesWith = `${seed}/${run}`
      found.push(...differences(await played(play, { losesWith }), calm, `seed ${losesWith}`))
    }
    expect(found).toEqual([])
  })
})

type Trouble = { readonly fault: Fault; readonly nth: number } | { readonly losesWith: string }

/** What went otherwise than in calm; an event may be told once more. */
function differences(ended: Ended, calm: Ended, where: string): readonly string[] {
  const [is, was] = [JSON.stringify(ended.world), JSON.stringify(calm.world)]
  const doubled = [...ended.told].filter(([text, count]) => count > (calm.told.get(text) ?? 1) + 1)
  return [
    ...(is === was ? [] : [`ended as ${is} instead of ${was}`]),
    ...ended.broken,
    ...ended.errors,
    ...doubled.map(([text, count]) => `told ${count} times: ${text}`),
  ].map((each) => `${where}: ${each}`)
}

type Ended = {
  readonly world: unknown
  readonly broken: readonly string[]
  readonly errors: readonly string[]
  /** How often each thing was told. */
  readonly told: ReadonlyMap<string, number>
  readonly writes: number
}

async function played(play: Scenario['play'], trouble: Trouble | undefined): Promise<Ended> {
  const stage = new Stage(trouble)
  await stage.begin()
  await play(stage)
  return stage.ended()
}

type Signals = Readonly<Record<string, boolean | null>>

class Stage {
  readonly #sandbox = new Sandbox(seed, 0)
  readonly #trouble: Trouble | undefined
  readonly #broken: string[] = []
  readonly #errors: string[] = []
  readonly #lives: { readonly life: Life; readonly controller: Controller }[] = []
  #writes = 0

  constructor(trouble: Trouble | undefined) {
    this.#trouble = trouble
  }

  async begin(): Promise<void> {
    await this.#sandbox.furnish()
    this.#sandbox.world.cluster.onWrite({
      before: ({ by, ref }) => this.#before(by, ref.kind),
      after: ({ by, ref }) => this.#after(by, ref.kind),
    })
    await this.#start()
    await this.#sandbox.create('Rollout', 'web', rolloutSpec(steps))
    await this.#comesTo(/^Healthy/)
  }

  async push(image: string, wanted: RegExp): Promise<void> {
    await this.#sandbox.push({ image })
    await this.#comesTo(wanted)
  }

  async signal(status: Signals, wanted: RegExp): Promise<void> {
    const ref = { kind: 'Rollout', namespace: 'shop', name: 'web' } as const
    const body = { status }
    await this.#sandbox.world.cluster.patch(ref, { type: 'merge', subresource: 'status', body })
    await this.#comesTo(wanted)
  }

  async ended(): Promise<Ended> {
    const { cluster } = this.#sandbox.world
    const events = await cluster.list('Event', 'shop')
    const told = new Map<string, number>()
    for (const { json } of events) {
      const text = `${textAt(json, 'reason')} ${textAt(json, 'message')}`
      told.set(text, (told.get(text) ?? 0) + 1)
    }
    const world = {
      said: await this.#sandbox.said(),
      weights: await this.#sandbox.weights(),
      services: await Promise.all(['web-stable', 'web-canary'].map((name) => this.#pin(name))),
      replicaSets: await this.#replicaSets(),
      step: numberAt(
        (await this.#sandbox.read('Rollout', 'web')) ?? null,
        'status',
        'currentStepIndex',
      ),
    }
    for (const { controller } of this.#lives) controller.stop()
    this.#sandbox.world.stop()
    return { world, broken: this.#broken, errors: this.#errors, told, writes: this.#writes }
  }

  /** And then rests for longer than a scale-down delay, and than a watch stays away. */
  async #comesTo(wanted: RegExp): Promise<void> {
    for (let minute = 0; minute < 20; minute += 1) {
      await this.#sandbox.after(1)
      if (wanted.test(await this.#sandbox.said())) break
    }
    await this.#sandbox.after(2)
  }

  async #start(): Promise<void> {
    const { world } = this.#sandbox
    const life: Life = { dead: false }
    const controller = await startController({
      cluster: mortal(this.#watching(world.cluster.as('controller')), life),
      metricsAt: () => world.metrics,
      clock: world.clock,
      log: {
        info: () => undefined,
        warn: () => undefined,
        error: (message) => void this.#errors.push(message),
      },
      tell: () => undefined,
      defaults: standardDefaults,
      links: {},
    })
    this.#lives.push({ life, controller })
  }

  #watching(cluster: Cluster): Cluster {
    if (this.#trouble === undefined || 'fault' in this.#trouble) return cluster
    const random = createRandom(this.#trouble.losesWith)
    const { clock } = this.#sandbox.world
    return forgetful(cluster, { isLost: () => random() < 0.1, lasts: seconds(20), clock })
  }

  #before(by: string, kind: string): void {
    if (by !== 'controller' || kind === 'Event') return
    this.#writes += 1
    if (this.#meets('conflict')) throw new PortError('conflict', 'as the test wants it')
  }

  #after(by: string, kind: string): void {
    if (by !== 'controller' || kind === 'Event') return
    this.#look()
    if (this.#meets('done, but not answered'))
      throw new PortError('unavailable', 'as the test wants it')
    if (!this.#meets('killed')) return
    for (const { life, controller } of this.#lives) {
      life.dead = true
      controller.stop()
    }
    void this.#start()
  }

  #meets(fault: Fault): boolean {
    const trouble = this.#trouble
    return trouble !== undefined && 'fault' in trouble && trouble.fault === fault
      ? trouble.nth === this.#writes
      : false
  }

  /** The laws of design §9, on what stands on the server now. */
  #look(): void {
    void Promise.all([
      this.#sandbox.weights(),
      this.#pin('web-stable'),
      this.#pin('web-canary'),
      this.#sandbox.world.cluster.list('ReplicaSet', 'shop'),
    ]).then(([weights, stable, canary, replicaSets]) => {
      const [toStable = 0, toCanary = 0] = weights.split('/').map(Number)
      const behind = (hash: string | undefined): number => {
        const found = replicaSets.find(({ metadata }) => metadata.labels[hashLabel] === hash)
        return found === undefined ? 0 : (numberAt(found.json, 'spec', 'replicas') ?? 0)
      }
      const names = replicaSets.map(({ json }) =>
        JSON.stringify(listAt(json, 'spec', 'template', 'spec', 'containers')),
      )
      const laws = {
        'weights sum to 100': toStable + toCanary === 100,
        'pods behind the canary': toCanary === 0 || behind(canary) > 0,
        'pods behind the stable side': stable === undefined || toStable === 0 || behind(stable) > 0,
        'one ReplicaSet a template': new Set(names).size === names.length,
      }
      for (const [law, holds] of Object.entries(laws)) if (!holds) this.#broken.push(law)
      return undefined
    })
  }

  async #pin(service: string): Promise<string | undefined> {
    const json = await this.#sandbox.read('Service', service)
    return textAt(json ?? null, 'spec', 'selector', hashLabel)
  }

  async #replicaSets(): Promise<unknown> {
    const found = await this.#sandbox.world.cluster.list('ReplicaSet', 'shop')
    return found.map(({ metadata, json }) => [
      metadata.name,
      metadata.annotations['rollout.argoproj.io/revision'],
      numberAt(json, 'spec', 'replicas'),
    ])
  }
}
