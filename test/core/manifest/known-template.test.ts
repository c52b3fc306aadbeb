import { expect, test } from 'vitest'
import { type JsonObject, objectAt } from '../../../src/core/json.ts'
import { isMadeOf } from '../../../src/core/manifest/known-template.ts'

const required = 'requiredDuringSchedulingIgnoredDuringExecution'
const preferred = 'preferredDuringSchedulingIgnoredDuringExecution'

const asked: JsonObject = {
  metadata: { labels: { app: 'web' } },
  spec: {
    containers: [
      {
        name: 'web',
        image: 'web:1',
        ports: [{ containerPort: 80 }],
        resources: { limits: { cpu: '1000m' } },
      },
    ],
  },
}

/** As the API server gives it back. */
const stored: JsonObject = {
  metadata: {
    creationTimestamp: null,
    labels: { app: 'web', 'rollouts-pod-template-hash': 'abc' },
  },
  spec: {
    containers: [
      {
        name: 'web',
        image: 'web:1',
        imagePullPolicy: 'IfNotPresent',
        ports: [{ containerPort: 80, protocol: 'TCP' }],
        resources: { limits: { cpu: '1' } },
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
      },
    ],
    dnsPolicy: 'ClusterFirst',
    restartPolicy: 'Always',
    schedulerName: 'default-scheduler',
    securityContext: {},
    terminationGracePeriodSeconds: 30,
  },
}

test('what the API server fills in makes no other template, in either direction', () => {
  expect(isMadeOf(plain(stored), asked)).toBe(true)
  expect(isMadeOf(plain(stored), { ...stored, metadata: { labels: { app: 'web' } } })).toBe(true)
})

test.for([
  { it: 'another image', spec: { containers: [{ name: 'web', image: 'web:2' }] } },
  {
    it: 'another pull policy',
    spec: { containers: [{ name: 'web', image: 'web:1', imagePullPolicy: 'Always' }] },
  },
  {
    it: 'another grace period',
    spec: { terminationGracePeriodSeconds: 31, containers: [{ name: 'web', image: 'web:1' }] },
  },
  {
    it: 'a default of one place at another',
    spec: {
      containers: [
        { name: 'web', image: 'web:1', livenessProbe: { terminationGracePeriodSeconds: 30 } },
      ],
    },
  },
])('$it is another template', ({ spec }) => {
  const template = {
    metadata: asked['metadata'] ?? null,
    spec: { containers: [{ name: 'web', image: 'web:1' }] },
  }
  expect(isMadeOf(plain(template), { ...template, spec })).toBe(false)
})

test.for([
  {
    it: 'an anti-affinity rule of ours',
    template: withSpec({ affinity: { podAntiAffinity: { [required]: [ruleAgainst('xyz')] } } }),
  },
  {
    it: 'a preferred one',
    template: withSpec({
      affinity: {
        podAntiAffinity: { [preferred]: [{ weight: 1, podAffinityTerm: ruleAgainst('xyz') }] },
      },
    }),
  },
  {
    it: 'metadata for now',
    template: { ...stored, metadata: { labels: { app: 'web', role: 'canary' } } },
    annotations: { 'rollout.argoproj.io/ephemeral-metadata': '{"labels":{"role":"canary"}}' },
  },
])(
  '$it in a stored template makes no other template, nor does undo, which writes it back',
  (row) => {
    const { template, annotations = {} } = row
    const labels = { ...objectAt(template, 'metadata', 'labels') }
    delete labels['rollouts-pod-template-hash']
    expect(isMadeOf({ template, annotations }, asked)).toBe(true)
    expect(isMadeOf({ template, annotations }, { ...template, metadata: { labels } })).toBe(true)
  },
)

test('an anti-affinity rule of the user is part of the template, beside ours, too', () => {
  const own = { topologyKey: 'zone', labelSelector: { matchLabels: { app: 'web' } } }
  const affinity = { podAntiAffinity: { [required]: [own] } }
  const both = { podAntiAffinity: { [required]: [own, ruleAgainst('xyz')] } }
  const spec = { ...objectAt(asked, 'spec'), affinity }
  expect(isMadeOf(plain(withSpec({ affinity: both })), { ...asked, spec })).toBe(true)
  expect(isMadeOf(plain(withSpec({ affinity: both })), asked)).toBe(false)
})

test("metadata that nobody says was put there is the template's own", () => {
  const template = { ...stored, metadata: { labels: { app: 'web', role: 'canary' } } }
  expect(isMadeOf(plain(template), asked)).toBe(false)
})

function plain(template: JsonObject): Parameters<typeof isMadeOf>[0] {
  return { template, annotations: {} }
}

function withSpec(fields: JsonObject): JsonObject {
  return { ...stored, spec: { ...objectAt(stored, 'spec'), ...fields } }
}

function ruleAgainst(hash: string): JsonObject {
  return {
    labelSelector: {
      matchExpressions: [{ key: 'rollouts-pod-template-hash', operator: 'In', values: [hash] }],
    },
    namespaces: ['shop'],
    topologyKey: 'kubernetes.io/hostname',
  }
}
