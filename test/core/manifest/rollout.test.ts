import { expect, test } from 'vitest'
import { parse } from 'yaml'
import type { Json } from '../../../src/core/json.ts'
import { parseRollout } from '../../../src/core/manifest/rollout.ts'
import { problemText } from '../../../src/core/result.ts'
import { unavailableOf } from '../../../src/core/rollout/counts.ts'
import type { CanarySpec, RolloutSpec } from '../../../src/core/rollout/spec.ts'
import { minutes, seconds, weight } from '../../../src/core/units.ts'

test("fills in Argo's defaults", () => {
  expect(parsed(rollout())).toMatchObject({
    replicas: 1,
    minReadySeconds: 0,
    revisionHistoryLimit: 10,
    paused: false,
    progressDeadline: minutes(10),
    progressDeadlineAbort: false,
    analysisHistory: { successful: 5, unsuccessful: 5 },
    canary: {
      steps: [],
      stepsJson: null,
      background: undefined,
      scaleDownDelay: seconds(30),
      abortScaleDownDelay: seconds(30),
      traffic: {
        kind: 'mesh',
        form: 'one',
        virtualServices: [
          { namespace: 'shop', name: 'reviews', selection: { http: [], tls: [], tcp: [] } },
        ],
        destinationRule: undefined,
        managedRoutes: [],
      },
    },
  })
})

test('keeps selector, template and steps as written', () => {
  const spec = parsed(rollout({ steps: [{ pause: { duration: 10 } }] }))
  expect(spec.matchLabels).toEqual({ app: 'reviews' })
  expect(spec.selector).toEqual({ matchLabels: { app: 'reviews' } })
  expect(spec.template).toMatchObject({ spec: { containers: [{ opaque: { unknown: true } }] } })
  expect(spec.canary.stepsJson).toEqual([{ pause: { duration: 10 } }])
})

test.for([
  { step: { setWeight: 20 }, is: { kind: 'setWeight', weight: weight(20) } },
  { step: { pause: {} }, is: { kind: 'pause', duration: 'forever', text: undefined } },
  { step: { pause: { duration: 90 } }, is: { kind: 'pause', duration: 90_000, text: '90' } },
  { step: { pause: { duration: '90s' } }, is: { kind: 'pause', duration: 90_000, text: '90s' } },
  { step: { pause: { duration: '30' } }, is: { kind: 'pause', duration: 30_000, text: '30' } },
  {
    step: { pause: { duration: '1h30m' } },
    is: { kind: 'pause', duration: 5_400_000, text: '1h30m' },
  },
  { step: { pause: { duration: 0 } }, is: { kind: 'pause', duration: 0, text: '0' } },
  {
    step: { setWeight: 20, pause: null },
    is: { kind: 'setWeight', weight: weight(20) },
  },
])('reads the step $step', ({ step, is }) => {
  expect(canary({ steps: [step] }).steps).toEqual([is])
})

test('reads an analysis step', () => {
  const analysis = {
    templates: [{ templateName: 'judge' }, { templateName: 'all', clusterScope: true }],
    args: [
      { name: 'a', value: 'x' },
      { name: 'b', valueFrom: { podTemplateHashValue: 'Stable' } },
      { name: 'c', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'd' },
    ],
    analysisRunMetadata: { labels: { team: 'shop' } },
  }
  expect(canary({ steps: [{ analysis }] }).steps).toEqual([
    {
      kind: 'analysis',
      analysis: {
        templates: [
          { name: 'judge', clusterScope: false },
          { name: 'all', clusterScope: true },
        ],
        args: [
          { name: 'a', value: 'x', from: undefined },
          { name: 'b', value: undefined, from: { kind: 'podTemplateHash', of: 'Stable' } },
          { name: 'c', value: undefined, from: { kind: 'field', path: 'metadata.name' } },
          { name: 'd', value: undefined, from: undefined },
        ],
        labels: { team: 'shop' },
        annotations: {},
      },
    },
  ])
})

test('reads background analysis', () => {
  const analysis = { templates: [{ templateName: 'judge' }], startingStep: 2 }
  expect(canary({ analysis }).background).toMatchObject({
    startingStep: 2,
    templates: [{ name: 'judge', clusterScope: false }],
  })
})

test.for([
  { name: 'reviews', is: { namespace: 'shop', name: 'reviews' } },
  { name: 'reviews.mesh', is: { namespace: 'mesh', name: 'reviews' } },
  { name: 'reviews.example.mesh', is: { namespace: 'mesh', name: 'reviews.example' } },
  { name: 'reviews.mesh.cluster.local', is: { namespace: 'mesh', name: 'reviews' } },
])('finds the VirtualService $name', ({ name, is }) => {
  const trafficRouting = { istio: { virtualService: { name, routes: ['primary'] } } }
  expect(canary({ trafficRouting }).traffic).toMatchObject({
    virtualServices: [{ ...is, selection: { http: ['primary'] } }],
  })
})

test('an abort delay of zero keeps the canary for ever', () => {
  expect(canary({ abortScaleDownDelaySeconds: 0 }).abortScaleDownDelay).toBe('never')
})

test.for([
  { antiAffinity: undefined, is: undefined },
  {
    antiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: {} },
    is: { kind: 'required' },
  },
  {
    antiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: { weight: 7 } },
    is: { kind: 'preferred', weight: 7 },
  },
])('reads antiAffinity $antiAffinity', ({ antiAffinity, is }) => {
  expect(canary(antiAffinity === undefined ? {} : { antiAffinity }).antiAffinity).toEqual(is)
})

test.for([
  { antiAffinity: {} },
  {
    antiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {},
      preferredDuringSchedulingIgnoredDuringExecution: { weight: 7 },
    },
  },
])('antiAffinity holds one of both: $antiAffinity', ({ antiAffinity }) => {
  const result = parseRollout(rollout({ antiAffinity }))
  expect(result.ok ? '' : problemText(result.problems)).toBe(
    'spec.strategy.canary.antiAffinity: must hold exactly one of requiredDuringSchedulingIgnoredDuringExecution and preferredDuringSchedulingIgnoredDuringExecution',
  )
})

test.for([
  { maxUnavailable: 2, replicas: 10, is: 2 },
  { maxUnavailable: 20, replicas: 10, is: 10 },
  { maxUnavailable: '25%', replicas: 10, is: 2 },
  { maxUnavailable: '25', replicas: 10, is: 2 },
  { maxUnavailable: 0, replicas: 10, is: 0 },
  { maxUnavailable: '1%', maxSurge: 0, replicas: 10, is: 1 },
  { maxUnavailable: 3, replicas: 0, is: 0 },
])('of $replicas pods $maxUnavailable may be missing: $is', ({ replicas, is, ...limits }) => {
  expect(unavailableOf({ ...parsed(rollout(limits)), replicas })).toBe(is)
})

test('reads when pods are to be made anew', () => {
  const object = Object(rollout())
  const spec = { ...object.spec, restartAt: '2026-01-31T09:30:00Z' }
  expect(parsed({ ...object, spec }).restartAt).toBe(Date.UTC(2026, 0, 31, 9, 30))
})

test('reads what pods carry for now', () => {
  const { canaryMetadata, stableMetadata } = canary({
    canaryMetadata: { labels: { role: 'canary' } },
  })
  expect(canaryMetadata).toEqual({ labels: { role: 'canary' }, annotations: {} })
  expect(stableMetadata).toEqual({ labels: {}, annotations: {} })
})

test('takes what asks for nothing as absent', () => {
  const silent = { dynamicStableScale: false, pingPong: null, antiAffinity: null, steps: null }
  expect(canary(silent).steps).toEqual([])
})

test('an object without a spec lacks what every Rollout has', () => {
  const result = parseRollout({ kind: 'Rollout' })
  expect(result.ok ? '' : problemText(result.problems)).toBe(
    'spec.selector: is required; spec.template: is required; spec.strategy: is required',
  )
})

function rollout(over: { readonly [name: string]: Json } = {}): Json {
  const smallest: { spec: { strategy: { canary: object } } } = parse(`
    kind: Rollout
    metadata: {name: reviews, namespace: shop}
    spec:
      selector: {matchLabels: {app: reviews}}
      template:
        metadata: {labels: {app: reviews}}
        spec: {containers: [{name: reviews, image: "reviews:1", opaque: {unknown: true}}]}
      strategy:
        canary:
          canaryService: reviews-canary
          stableService: reviews-stable
          trafficRouting: {istio: {virtualService: {name: reviews}}}
  `)
  Object.assign(smallest.spec.strategy.canary, over)
  return JSON.parse(JSON.stringify(smallest))
}

function parsed(object: Json): RolloutSpec {
  const result = parseRollout(object)
  if (!result.ok) throw new Error(problemText(result.problems))
  return result.value
}

function canary(over: { readonly [name: string]: Json }): CanarySpec {
  return parsed(rollout(over)).canary
}
