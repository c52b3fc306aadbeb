/** Whatever people do, and whenever, over every form of split: the laws of design §9 hold after each single write of the controller. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type Json,
  type JsonObject,
  listAt,
  numberAt,
  objectAt,
  textAt,
} from '../../src/core/json.ts'
import { type KubeObject, keyOf, type ObjectRef } from '../../src/core/object.ts'
import { rolloutSpec, Sandbox } from './sandbox.ts'

const hash = 'rollouts-pod-template-hash'

type Form = {
  readonly it: string
  readonly services: readonly string[]
  /** Destinations of the stable and of the canary side in the beginning. */
  readonly route: readonly [Json, Json]
  readonly canary: JsonObject
  readonly istio: JsonObject
}

const forms: readonly Form[] = [
  {
    it: 'two Services',
    services: ['web-stable', 'web-canary'],
    route: [{ host: 'web-stable' }, { host: 'web-canary' }],
    canary: { stableService: 'web-stable', canaryService: 'web-canary' },
    istio: {},
  },
  {
    it: 'two subsets',
    services: ['web'],
    route: [
      { host: 'web', subset: 'stable' },
      { host: 'web', subset: 'canary' },
    ],
    canary: {},
    istio: rule(),
  },
  {
    it: 'subsets and Services',
    services: ['web', 'web-stable', 'web-canary'],
    route: [
      { host: 'web', subset: 'stable' },
      { host: 'web', subset: 'canary' },
    ],
    canary: { stableService: 'web-stable', canaryService: 'web-canary' },
    istio: rule(),
  },
  {
    it: 'ping-pong',
    services: ['ping', 'pong'],
    route: [{ host: 'ping' }, { host: 'pong' }],
    canary: { pingPong: { pingService: 'ping', pongService: 'pong' } },
    istio: {},
  },
]

type Deed = { readonly name: string; readonly do: (sandbox: Sandbox) => Promise<void> }

const deeds: readonly Deed[] = [
  { name: 'push 2', do: (sandbox) => sandbox.push({ image: 'web:2' }) },
  { name: 'push 3', do: (sandbox) => sandbox.push({ image: 'web:3' }) },
  { name: 'back to 1', do: (sandbox) => sandbox.push({ image: 'web:1' }) },
  { name: 'promote', do: (sandbox) => sandbox.signal({ pauseConditions: null }) },
  { name: 'promote full', do: (sandbox) => sandbox.signal({ promoteFull: true }) },
  { name: 'abort', do: (sandbox) => sandbox.signal({ abort: true }) },
  { name: 'retry', do: (sandbox) => sandbox.signal({ abort: false }) },
  { name: 'scale to 7', do: (sandbox) => scale(sandbox, 7) },
  { name: 'scale to 2', do: (sandbox) => scale(sandbox, 2) },
]

test.for(forms)('$it: the laws hold after every write, in every order of events', async (form) => {
  const story = fc.array(fc.record({ deed: fc.nat(deeds.length - 1), wait: fc.nat(80) }), {
    maxLength: 8,
  })
  await fc.assert(
    fc.asyncProperty(story, async (events) => {
      const sandbox = await released(form)
      const broken: string[] = []
      const watch = new Watch(sandbox, (why) => broken.push(why))
      for (const { deed, wait } of events) {
        await deeds[deed]?.do(sandbox)
        await sandbox.after(wait / 60)
      }
      watch.stop()
      expect(broken).toEqual([])
      expect(sandbox.errors).toEqual([])
    }),
    { numRuns: 6 },
  )
})

/** Everything that is there, as of the last write. */
class Watch {
  readonly #objects = new Map<string, KubeObject>()
  readonly #told: (why: string) => void
  readonly #foreign = new Map<string, string>()
  readonly stop: () => void

  constructor(sandbox: Sandbox, told: (why: string) => void) {
    this.#told = told
    for (const object of sandbox.seen.values()) this.#learn(object)
    for (const [key, object] of this.#objects) this.#foreign.set(key, foreign(object))
    this.stop = sandbox.world.cluster.onWrite({
      after: ({ ref, by, after }) => {
        if (after === undefined) this.#objects.delete(keyOf(ref))
        else this.#learn(after)
        if (by === 'haldane') this.#look(ref)
      },
    })
  }

  #learn(object: KubeObject): void {
    const { kind, namespace, name } = { kind: object.kind, ...object.metadata }
    this.#objects.set(keyOf({ kind, namespace, name }), object)
  }

  #look(ref: ObjectRef): void {
    const written = this.#objects.get(keyOf(ref))
    const before = this.#foreign.get(keyOf(ref))
    if (written !== undefined && before !== undefined && foreign(written) !== before)
      this.#told(`${keyOf(ref)}: something of others changed`)
    for (const virtualService of this.#all('VirtualService')) this.#lookAtRoutes(virtualService)
  }

  #lookAtRoutes({ json, metadata }: KubeObject): void {
    const ours = listAt(json, 'spec', 'http').filter((entry) => textAt(entry, 'name') !== 'theirs')
    for (const entry of ours) this.#lookAtRoute(listAt(entry, 'route'), metadata.name)
  }

  #lookAtRoute(route: readonly Json[], name: string): void {
    const shares = route.map((each) => numberAt(each, 'weight') ?? 0)
    const sum = shares.reduce((total, share) => total + share, 0)
    if (sum !== 100 || shares.some((share) => share < 0)) this.#told(`${name}: ${shares.join('/')}`)
    for (const [index, each] of route.entries()) {
      const isEmpty = (shares[index] ?? 0) > 0 && !this.#leads(objectAt(each, 'destination'))
      if (isEmpty) this.#told(`${name}: ${JSON.stringify(each)} leads nowhere`)
    }
  }

  /** Whether a pod that is up stands behind a destination. */
  #leads(destination: JsonObject): boolean {
    const service = this.#objects.get(`Service/shop/${textAt(destination, 'host') ?? ''}`)
    const found = this.#objects.get('DestinationRule/shop/web')
    const subset = listAt(found?.json, 'spec', 'subsets').find(
      (each) => textAt(each, 'name') === destination['subset'],
    )
    const pins = [
      textAt(service?.json, 'spec', 'selector', hash),
      subset && textAt(subset, 'labels', hash),
    ].filter((pin) => pin !== undefined)
    return this.#all('ReplicaSet').some(
      ({ metadata, json }) =>
        pins.every((pin) => pin === metadata.labels[hash]) &&
        (numberAt(json, 'status', 'availableReplicas') ?? 0) > 0,
    )
  }

  #all(kind: string): readonly KubeObject[] {
    return [...this.#objects.values()].filter((object) => object.kind === kind)
  }
}

/** What is not ours in an object of the mesh, as text. */
function foreign({ kind, json }: KubeObject): string {
  if (kind !== 'VirtualService' && kind !== 'DestinationRule') return ''
  const text = JSON.stringify(json['spec'], (key, value: Json) => {
    if (key === 'http' && Array.isArray(value))
      return value.filter((entry: Json) => textAt(entry, 'name') !== 'tester')
    return key === 'weight' || key === hash ? undefined : value
  })
  return text.replaceAll(',"labels":{}', '')
}

async function released(form: Form): Promise<Sandbox> {
  const sandbox = await new Sandbox().start()
  for (const name of form.services)
    await sandbox.create('Service', name, { selector: { app: 'web' }, ports: [{ port: 80 }] })
  const [stable, canary] = form.route
  const route = [
    { destination: stable, weight: 100, headers: { response: { set: { a: 'b' } } } },
    { destination: canary, weight: 0 },
  ]
  const primary = { name: 'primary', retries: { attempts: 1 }, tomorrow: [0.5, null], route }
  const theirs = { name: 'theirs', route: [{ destination: { host: 'else' } }], mirrors: [] }
  await sandbox.create('VirtualService', 'web', { hosts: ['web'], http: [theirs, primary] })
  await sandbox.create('VirtualService', 'second', {
    hosts: ['x'],
    http: [{ route }],
    delegate: {},
  })
  await sandbox.create('DestinationRule', 'web', {
    host: 'web',
    subsets: [{ name: 'stable' }, { name: 'other', labels: { v: '1' } }, { name: 'canary' }],
  })
  const match = [{ headerName: 'agent', headerValue: { exact: 'tester' } }]
  const steps = [
    { setWeight: 20 },
    { setHeaderRoute: { name: 'tester', match } },
    { pause: {} },
    { setWeight: 60 },
    { pause: {} },
  ]
  const istio = {
    virtualServices: [{ name: 'web', routes: ['primary'] }, { name: 'second' }],
    ...form.istio,
  }
  const trafficRouting = { istio, managedRoutes: [{ name: 'tester' }] }
  const strategy = { canary: { ...form.canary, steps, trafficRouting } }
  await sandbox.create('Rollout', 'web', { ...rolloutSpec([]), strategy })
  await sandbox.after(1)
  expect(await sandbox.said()).toBe('Healthy')
  return sandbox
}

function rule(): JsonObject {
  return {
    destinationRule: { name: 'web', stableSubsetName: 'stable', canarySubsetName: 'canary' },
  }
}

function scale(sandbox: Sandbox, replicas: number): Promise<void> {
  return sandbox.patch('Rollout', 'web', { spec: { replicas } })
}
