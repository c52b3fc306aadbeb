import { expect, test } from 'vitest'
import type { JsonObject } from '../../../src/core/json.ts'
import { affinityActions, withRule } from '../../../src/core/rollout/anti-affinity.ts'
import type { CanarySpec } from '../../../src/core/rollout/spec.ts'
import { rolloutSpec } from '../../stories/notation.ts'
import { type Differs, scene } from './build.ts'

const term = {
  labelSelector: {
    matchExpressions: [{ key: 'rollouts-pod-template-hash', operator: 'In', values: ['aaa'] }],
  },
  namespaces: ['shop'],
  topologyKey: 'kubernetes.io/hostname',
}
const own = { topologyKey: 'zone', labelSelector: { matchLabels: { app: 'web' } } }
const ofOurs: JsonObject = {
  podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] },
}
const required = asks({ antiAffinity: { kind: 'required' } })
const preferred = asks({ antiAffinity: { kind: 'preferred', weight: 7 } })

test.for<{ it: string; sees?: Differs; spec?: JsonObject; gets: JsonObject | undefined }>([
  { it: 'a canary keeps away from stable pods', sees: required, gets: ofOurs },
  {
    it: 'or would rather',
    sees: preferred,
    gets: {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 7, podAffinityTerm: term }],
      },
    },
  },
  {
    it: "the user's own rules stay before ours",
    sees: required,
    spec: {
      affinity: {
        nodeAffinity: { a: 1 },
        podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [own] },
      },
    },
    gets: {
      nodeAffinity: { a: 1 },
      podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [own, term] },
    },
  },
  { it: 'nobody asks for it, nobody gets it', sees: {}, gets: undefined },
  {
    it: 'the first revision has nobody to keep away from',
    sees: { ...required, status: { stableRS: undefined } },
    gets: undefined,
  },
  {
    it: 'nor has the stable one',
    sees: { ...required, templateHash: 'aaa' },
    gets: undefined,
  },
])('a new ReplicaSet: $it', ({ sees, spec = {}, gets }) => {
  const template = withRule({ spec: { containers: [], ...spec } }, scene(sees))
  expect(template['spec']).toEqual({
    containers: [],
    ...(gets === undefined ? {} : { affinity: gets }),
  })
})

test.for<{ it: string; sees: Differs; has?: JsonObject; writes: JsonObject | 'none' | undefined }>([
  { it: 'as wanted, no write', sees: required, has: ofOurs, writes: undefined },
  { it: 'without a rule and without a wish, no write', sees: {}, writes: undefined },
  { it: 'a revision that came back gets the rule', sees: required, writes: ofOurs },
  {
    it: 'the rule follows the stable revision',
    sees: required,
    has: JSON.parse(JSON.stringify(ofOurs).replace('aaa', 'old')),
    writes: ofOurs,
  },
  {
    it: 'the rule goes when the release is over',
    sees: { ...required, status: { stableRS: 'bbb' } },
    has: ofOurs,
    writes: 'none',
  },
  { it: 'and when the wish goes', sees: {}, has: ofOurs, writes: 'none' },
  {
    it: "the user's own rules stay",
    sees: {},
    has: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [own, term] } },
    writes: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [own] } },
  },
  { it: 'required becomes preferred', sees: preferred, has: ofOurs, writes: preferredOurs() },
])('the ReplicaSet that is there: $it', ({ sees, has, writes }) => {
  const template = { spec: has === undefined ? {} : { affinity: has } }
  const actions = affinityActions(scene({ ...sees, canary: { template } }))
  const path = '/spec/template/spec/affinity'
  const operation = writes === 'none' ? { op: 'remove', path } : { op: 'add', path, value: writes }
  expect(actions).toEqual(
    writes === undefined
      ? []
      : [
          {
            kind: 'json',
            ref: { kind: 'ReplicaSet', namespace: 'shop', name: 'web-bbb' },
            operations: [operation],
            notes: [],
          },
        ],
  )
})

function asks(canary: Partial<CanarySpec>): Differs {
  return { spec: { canary: { ...rolloutSpec('setWeight 50 | pause', 4).canary, ...canary } } }
}

function preferredOurs(): JsonObject {
  return {
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 7, podAffinityTerm: term }],
    },
  }
}
