import { expect, test } from 'vitest'
import type { JsonObject } from '../../../src/core/json.ts'
import { parseRollout } from '../../../src/core/manifest/rollout.ts'
import { workloadOf, workloadRefOf } from '../../../src/core/manifest/workload.ts'
import { type KubeObject, metadataOf } from '../../../src/core/object.ts'
import { problemText } from '../../../src/core/result.ts'

const template = {
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'web', image: 'web:1' }] },
}
const selector = { matchLabels: { app: 'web' } }

test.for([
  { kind: 'Deployment', apiVersion: 'apps/v1', json: { spec: { template, selector } } },
  { kind: 'ReplicaSet', apiVersion: 'apps/v1', json: { spec: { template, selector } } },
  { kind: 'PodTemplate', apiVersion: 'v1', json: { template }, own: { selector } },
] as const)('a $kind brings the template', ({ kind, apiVersion, json, ...row }) => {
  const own = 'own' in row ? row.own : {}
  const spec = parsed(
    rollout({ workloadRef: { apiVersion, kind, name: 'web' }, ...own }),
    object(kind, json),
  )
  expect(spec.template).toEqual(template)
  expect(spec.matchLabels).toEqual({ app: 'web' })
  expect(spec.workload).toEqual({ kind, name: 'web', scaleDown: 'never' })
})

const reference = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }

test("the Rollout's own selector goes before the workload's", () => {
  const own = { matchLabels: { app: 'web', tier: 'front' } }
  const labels = { app: 'web', tier: 'front' }
  const spec = { template: { ...template, metadata: { labels } }, selector }
  const found = parsed(
    rollout({ workloadRef: reference, selector: own }),
    object('Deployment', { spec }),
  )
  expect(found.matchLabels).toEqual({ app: 'web', tier: 'front' })
})

test.for(['never', 'onsuccess', 'progressively', ''])('reads scaleDown %o', (scaleDown) => {
  const found = parsed(rollout({ workloadRef: { ...reference, scaleDown } }), deployment())
  expect(found.workload?.scaleDown).toBe(scaleDown || 'never')
})

test.for<{ it: string; spec: JsonObject; workload?: KubeObject; says: string }>([
  {
    it: 'a scaleDown that nobody knows',
    spec: { workloadRef: { ...reference, scaleDown: 'onSuccess' } },
    says: 'spec.workloadRef.scaleDown: must be never, onsuccess or progressively, is "onSuccess"',
  },
  {
    it: 'a kind that has no pods',
    spec: { workloadRef: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'web' } },
    says: 'spec.workloadRef.kind: must be Deployment, ReplicaSet or PodTemplate, is "StatefulSet"',
  },
  {
    it: 'a template beside it',
    spec: { workloadRef: reference, template },
    says: 'spec.workloadRef: template must be empty for workload reference rollout; remove it, or workloadRef',
  },
  {
    it: 'a template beside it, also once the workload is known',
    spec: { workloadRef: reference, template },
    workload: deployment(),
    says: 'spec.workloadRef: template must be empty for workload reference rollout; remove it, or workloadRef',
  },
  {
    it: 'labels that the own selector does not find',
    spec: { workloadRef: reference, selector: { matchLabels: { app: 'other' } } },
    workload: deployment(),
    says: "spec.workloadRef: Deployment 'web' template.metadata.labels: must match spec.selector, do not match app=other",
  },
  {
    it: 'a PodTemplate brings no selector',
    spec: { workloadRef: { apiVersion: 'v1', kind: 'PodTemplate', name: 'web' } },
    workload: object('PodTemplate', { template }),
    says: 'spec.selector: is required',
  },
])('$it is a problem', ({ spec, workload, says }) => {
  const result = parseRollout(rollout(spec), workload)
  expect(result.ok ? '' : problemText(result.problems)).toBe(says)
})

test('a workload that is not there is named, with the remedy', () => {
  const of = object('Rollout', rollout({ workloadRef: reference }))
  expect(workloadRefOf(of)).toEqual({ kind: 'Deployment', namespace: 'shop', name: 'web' })
  const looked = workloadOf({ rollout: of, replicaSets: [], find: () => undefined })
  expect(looked.found).toBeUndefined()
  expect(problemText(looked.problems)).toBe(
    "spec.workloadRef.name: Deployment 'web' does not exist in namespace 'shop'; create it or change the name",
  )
})

function rollout(spec: JsonObject): JsonObject {
  const canary = {
    canaryService: 'web-canary',
    stableService: 'web-stable',
    trafficRouting: { istio: { virtualService: { name: 'web' } } },
  }
  return { spec: { strategy: { canary }, ...spec } }
}

function deployment(): KubeObject {
  return object('Deployment', { spec: { template, selector } })
}

function object(kind: KubeObject['kind'], json: JsonObject): KubeObject {
  const whole = { metadata: { namespace: 'shop', name: 'web', generation: 7 }, ...json }
  return { kind, metadata: metadataOf(whole), json: whole }
}

function parsed(
  json: JsonObject,
  workload: KubeObject,
): Extract<ReturnType<typeof parseRollout>, { ok: true }>['value'] {
  const result = parseRollout(json, workload)
  if (!result.ok) throw new Error(problemText(result.problems))
  return result.value
}
