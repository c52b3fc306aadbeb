/**
 * Objects as no manifest would have them, but as the API server may hold them: the core answers with problems or with a plan, never
 * with an exception, which would keep a Rollout from its way back.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { isObject, type Json, type JsonObject, objectAt, textAt } from '../../src/core/json.ts'
import { podFacts } from '../../src/core/manifest/facts.ts'
import { standardDefaults } from '../../src/core/manifest/judge-settings.ts'
import { rolloutStatusJson } from '../../src/core/manifest/rollout-status.ts'
import { referencesOf, sceneOf } from '../../src/core/manifest/scene.ts'
import { type Kind, type KubeObject, metadataOf, type ObjectRef } from '../../src/core/object.ts'
import type { Problem } from '../../src/core/result.ts'
import { plan } from '../../src/core/rollout/plan.ts'
import { withPods } from '../../src/core/rollout/pod-look.ts'
import { instant } from '../../src/core/units.ts'
import { around, rolloutStatus } from './objects.ts'

const manifests = join(import.meta.dirname, '../../fixtures/manifests')
const now = instant(Date.UTC(2026, 10, 24, 12))

const odd: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(null, true, false, 0, -1, 0.5, 1e21, 2 ** 31, -(2 ** 53), 5e-324),
  fc.constantFrom(
    '',
    ' ',
    '0',
    '-1',
    '1e400',
    'NaN',
    '99999999999999999999',
    '25%',
    '-5%',
    '\ud800',
  ),
  fc.constantFrom(
    '9999-12-31T23:59:59Z',
    '0000-00-00T00:00:00Z',
    '{"labels":{"a":5}}',
    '[',
    'a/b/c',
  ),
  fc.constantFrom<Json>([], {}, [[]], [null], { items: [] }, { length: 3 }, { toString: null }),
  fc.constant(JSON.parse('{"__proto__": {"a": 1}, "constructor": 5, "hasOwnProperty": true}')),
  fc.constant('x'.repeat(2000)),
  fc.string(),
  fc.integer(),
)

/** Somewhere in an object: which child at each level, as far down as it goes; then what is done there. */
type Edit = {
  readonly path: readonly number[]
  readonly how: 'replace' | 'remove' | 'add'
  readonly value: Json
}

const edit: fc.Arbitrary<Edit> = fc.record({
  path: fc.array(fc.nat(30), { minLength: 1, maxLength: 9 }),
  how: fc.constantFrom('replace', 'replace', 'remove', 'add'),
  value: odd,
})

const edits = (most: number): fc.Arbitrary<readonly Edit[]> => fc.array(edit, { maxLength: most })

const worlds = validRollouts().map((rollout) => ({ rollout, objects: aroundOf(rollout) }))

const odds = fc.record({
  world: fc.constantFrom(...worlds),
  spec: edits(3),
  status: edits(4),
  others: edits(6),
  which: fc.array(fc.nat(40), { minLength: 6, maxLength: 6 }),
})

test('10 000 odd worlds: problems or a plan, and a status that can be written', () => {
  const seen = { plans: 0, refusals: 0 }
  fc.assert(
    fc.property(odds, ({ world: { rollout, objects }, spec, status, others, which }) => {
      const whole = {
        ...changed({ metadata: rollout['metadata'] ?? {}, spec: rollout['spec'] ?? {} }, spec),
        status: changed(rolloutStatus, status),
      }
      const there = objects.map((each, index) =>
        changed(
          each,
          others.filter((_, nth) => (which[nth] ?? 0) % objects.length === index),
        ),
      )
      seen[played(whole, there)] += 1
    }),
    { numRuns: 10_000 },
  )
  expect(seen.plans).toBeGreaterThan(1000)
  expect(seen.refusals).toBeGreaterThan(1000)
}, 120_000)

test('a megabyte of annotations, a list called items, a number for a quantity, fields of tomorrow', () => {
  const [{ rollout, objects } = { rollout: {}, objects: [] }] = worlds
  const template = {
    items: [1, 2],
    metadata: {
      labels: { app: 'reviews', tier: 'web' },
      annotations: { big: 'x'.repeat(1_000_000) },
    },
    spec: {
      tomorrow: [{ deep: [[[{}]]] }],
      containers: [
        {
          name: 'a',
          image: 'b',
          resources: { limits: { cpu: 1.5, memory: 128974848 } },
          items: {},
        },
      ],
    },
  }
  const spec = {
    ...Object(rollout['spec']),
    template,
    selector: { matchLabels: { app: 'reviews' } },
  }
  const metadata = { ...Object(rollout['metadata']), annotations: { big: 'y'.repeat(1_000_000) } }
  expect(played({ metadata, spec, status: {} }, objects)).toBe('plans')
})

/** As one pass does it. */
function played(whole: JsonObject, others: readonly JsonObject[]): 'plans' | 'refusals' {
  const rollout = object('Rollout', whole)
  const all = others.map((json) => object(kindOf(json), json))
  const of = (kind: Kind): readonly KubeObject[] => all.filter((each) => each.kind === kind)
  const find = (ref: ObjectRef): KubeObject | undefined =>
    of(ref.kind).map((found) => ({ ...found, metadata: { ...found.metadata, ...ref } }))[0]
  referencesOf(rollout)
  const sight = sceneOf({
    rollout,
    replicaSets: of('ReplicaSet'),
    runs: of('AnalysisRun'),
    find,
    naming: () => of('Rollout'),
    defaults: standardDefaults,
  })
  if (!sight.ok) return refusedFor(sight.problems)
  const { minReadySeconds } = sight.value.scene.spec
  const pods = of('Pod').flatMap((pod) => podFacts(pod, { now, minReadySeconds }))
  const next = plan(withPods(sight.value.scene, pods), now)
  JSON.stringify([next.actions, next.afterwards, rolloutStatusJson(next.status)])
  if (next.wakeAt !== undefined && !(next.wakeAt > now)) throw new Error('wakes in the past')
  return sight.value.problems.length === 0 ? 'plans' : 'refusals'
}

function refusedFor(problems: readonly Problem[]): 'refusals' {
  if (problems.length === 0) throw new Error('refused without a word')
  return 'refusals'
}

function object(kind: Kind, json: JsonObject): KubeObject {
  return { kind, metadata: metadataOf(json), json }
}

function kindOf(json: JsonObject): Kind {
  return kinds.find((kind) => kind === json['kind']) ?? 'ConfigMap'
}

const kinds: readonly Kind[] = [
  'ReplicaSet',
  'Pod',
  'Service',
  'VirtualService',
  'DestinationRule',
  'Deployment',
  'AnalysisRun',
  'AnalysisTemplate',
  'ClusterAnalysisTemplate',
]

function aroundOf(rollout: JsonObject): readonly JsonObject[] {
  const name = textAt(rollout, 'metadata', 'name') ?? ''
  return around(name, JSON.stringify(rollout).includes('secondary') ? 'two' : 'one')
}

function validRollouts(): readonly JsonObject[] {
  const files = readdirSync(join(manifests, 'valid')).filter((name) => name.startsWith('rollout-'))
  return files.map((name) => {
    const text = readFileSync(join(manifests, 'valid', name), 'utf8')
    const [manifest] = parseAllDocuments(text).map((each): Json => each.toJS())
    return isObject(manifest) ? manifest : {}
  })
}

function changed(json: JsonObject, all: readonly Edit[]): JsonObject {
  const after = all.reduce<Json>(
    (value, { path, how, value: to }) => at(value, path, how, to),
    json,
  )
  return isObject(after) ? after : {}
}

function at(json: Json, path: readonly number[], how: Edit['how'], to: Json): Json {
  const [nth, ...rest] = path
  const keys = keysOf(json)
  if (nth === undefined || keys.length === 0) return how === 'add' ? added(json, to) : to
  const key = keys[nth % keys.length] ?? ''
  return how === 'remove' && rest.length === 0
    ? without(json, key)
    : withChild(json, key, at(Object(json)[key], rest, how, to))
}

function keysOf(json: Json): readonly string[] {
  return typeof json === 'object' && json !== null ? Object.keys(json) : []
}

function withChild(json: Json, key: string, value: Json): Json {
  return Array.isArray(json) ? json.with(Number(key), value) : { ...Object(json), [key]: value }
}

function added(json: Json, to: Json): Json {
  if (Array.isArray(json)) return [...json, to]
  return isObject(json) ? { ...json, tomorrow: to } : to
}

function without(json: Json, key: string): Json {
  if (Array.isArray(json)) return json.toSpliced(Number(key), 1)
  const { [key]: _, ...rest } = objectAt(json)
  return rest
}
