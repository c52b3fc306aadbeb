import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import {
  at,
  isObject,
  type Json,
  type JsonObject,
  listAt,
  objectAt,
  textAt,
} from '../src/core/json.ts'
import { parseRollout } from '../src/core/manifest/rollout.ts'
import { drivenRoutes, type Split } from '../src/core/mesh/routes.ts'
import { namesOf } from '../src/core/rollout/services.ts'

const root = join(import.meta.dirname, '..')
const crds = readdirSync(join(root, 'deploy/crds')).map((file) => only(`deploy/crds/${file}`))
const rollout = only('deploy/examples/rollout.yaml')

test.for([
  ['AnalysisRun', 'analysisruns', 'ar', 'Namespaced', 'Status,Age', undefined],
  ['AnalysisTemplate', 'analysistemplates', 'at', 'Namespaced', 'Age', undefined],
  ['ClusterAnalysisTemplate', 'clusteranalysistemplates', 'cat', 'Cluster', 'Age', undefined],
  ['Experiment', 'experiments', 'exp', 'Namespaced', 'Status,Age', undefined],
  [
    'Rollout',
    'rollouts',
    'ro',
    'Namespaced',
    'Desired,Current,Up-to-date,Available,Age',
    {
      status: {},
      scale: {
        specReplicasPath: '.spec.replicas',
        statusReplicasPath: '.status.HPAReplicas',
        labelSelectorPath: '.status.selector',
      },
    },
  ],
] as const)("%s is Argo's to its tools", ([kind, plural, short, scope, columns, subresources]) => {
  const crd = crdOf(kind)
  const version = at(crd, 'spec', 'versions', 0)
  const printed = listAt(version, 'additionalPrinterColumns').map((each) => textAt(each, 'name'))
  expect(at(crd, 'metadata', 'name')).toBe(`${plural}.argoproj.io`)
  expect(at(crd, 'spec', 'group')).toBe('argoproj.io')
  expect(at(crd, 'spec', 'names')).toMatchObject({ kind, plural, shortNames: [short] })
  expect(at(crd, 'spec', 'scope')).toBe(scope)
  expect(at(version, 'name')).toBe('v1alpha1')
  expect(at(version, 'subresources')).toEqual(subresources)
  expect(printed.join()).toBe(columns)
})

test.for(crds.map((crd) => textAt(crd, 'metadata', 'name')))('%s prunes nothing', (name) => {
  const crd = crds.find((each) => textAt(each, 'metadata', 'name') === name)
  const parts = ['spec', 'status'].map((part) => at(schemaOf(crd), 'properties', part))
  expect(parts.flatMap((part) => (part === undefined ? [] : pruning(part, '')))).toEqual([])
})

test('the selector of a Rollout is immutable', () => {
  const selector = at(schemaOf(crdOf('Rollout')), 'properties', 'spec', 'properties', 'selector')
  expect(at(selector, 'x-kubernetes-validations', 0, 'rule')).toBe('self == oldSelf')
})

test.for(readdirSync(join(root, 'fixtures/manifests/valid')))('a CRD takes %s', (file) => {
  const manifest = only(`fixtures/manifests/valid/${file}`)
  expect(mismatches(schemaOf(crdOf(textAt(manifest, 'kind'))), manifest, '')).toEqual([])
})

test('a CRD catches a wrong type', () => {
  const manifest = {
    spec: { replicas: '4', strategy: { canary: { steps: [{ setWeight: 'x' }] } } },
  }
  expect(mismatches(schemaOf(crdOf('Rollout')), manifest, '')).toEqual([
    '.spec.replicas',
    '.spec.strategy.canary.steps[0].setWeight',
  ])
})

test('the examples fit together', () => {
  const spec = parseRollout(rollout)
  const services = documents('deploy/examples/services.yaml')
  expect(spec.ok).toBe(true)
  if (!spec.ok) return
  const { canary, matchLabels } = spec.value
  const names = services.map((service) => textAt(service, 'metadata', 'name'))
  const { stable = '', canary: other = '' } = namesOf(canary.services, undefined)
  expect(names).toEqual([stable, other])
  expect(services.map((service) => at(service, 'spec', 'selector'))).toEqual([
    matchLabels,
    matchLabels,
  ])
  const meshed = canary.traffic.kind === 'mesh' ? canary.traffic.virtualServices : []
  expect(meshed).toHaveLength(1)
  for (const { selection } of meshed) {
    const sides = { kind: 'hosts', stable, canary: other } as const
    const split: Split = { namespace: 'demo', sides, selection, managed: [] }
    expect(drivenRoutes(only('deploy/examples/virtualservice.yaml'), split).problems).toEqual([])
  }
})

test('kustomize finds every file', () => {
  const listed = texts(only('deploy/kustomization.yaml'), 'resources')
  const files = readdirSync(join(root, 'deploy/crds')).map((file) => `crds/${file}`)
  expect(listed.toSorted()).toEqual([...files, 'controller.yaml', 'rbac.yaml'].toSorted())
})

test('the controller may do this much and no more', () => {
  const role = documents('deploy/rbac.yaml').find((each) => textAt(each, 'kind') === 'ClusterRole')
  const rules = listAt(role, 'rules').flatMap((rule) =>
    texts(rule, 'resources').map((name) => `${name}: ${texts(rule, 'verbs').join(' ')}`),
  )
  expect(rules).toEqual([
    'rollouts: get list watch patch',
    'rollouts/status: patch',
    'rollouts/finalizers: update',
    'analysisruns: get list watch create patch delete',
    'analysistemplates: get list watch',
    'clusteranalysistemplates: get list watch',
    'replicasets: get list watch create patch delete',
    'pods: list patch',
    'pods/eviction: create',
    'deployments: get list watch patch',
    'podtemplates: get list watch',
    'services: get list watch patch',
    'virtualservices: get list watch patch',
    'destinationrules: get list watch patch',
    'configmaps: get create patch',
    'events: create',
  ])
})

test('the image is of this version', () => {
  const version = textAt(only('package.json'), 'version')
  const deployment = documents('deploy/controller.yaml')[1]
  const image = at(deployment, 'spec', 'template', 'spec', 'containers', 0, 'image')
  expect(image).toBe(`haldane:${version}`)
})

/** Paths of objects with named fields that would lose a field nobody knows. */
function pruning(schema: Json, path: string): readonly string[] {
  const fields = Object.entries(objectAt(schema, 'properties'))
  const items = at(schema, 'items')
  const loses = fields.length > 0 && at(schema, 'x-kubernetes-preserve-unknown-fields') !== true
  return [
    ...(loses ? [path] : []),
    ...fields.flatMap(([name, inner]) => pruning(inner ?? {}, `${path}.${name}`)),
    ...(items === undefined ? [] : pruning(items, `${path}[]`)),
  ]
}

/** Paths where a value has not the type that the schema asks for, or lacks what it requires: as the API server checks it. */
function mismatches(schema: Json | undefined, value: Json, path: string): readonly string[] {
  if (schema === undefined) return []
  if (!hasType(schema, value)) return [path]
  if (Array.isArray(value)) {
    const entries: readonly Json[] = value
    return entries.flatMap((each, index) =>
      mismatches(at(schema, 'items'), each, `${path}[${index}]`),
    )
  }
  if (!isObject(value)) return []
  const lacking = texts(schema, 'required').filter((name) => !Object.hasOwn(value, name))
  const inner = Object.entries(value).flatMap(([name, each]) => {
    const field = at(schema, 'properties', name) ?? at(schema, 'additionalProperties')
    return each === undefined ? [] : mismatches(field, each, `${path}.${name}`)
  })
  return [...lacking.map((name) => `${path}.${name}`), ...inner]
}

function hasType(schema: Json, value: Json): boolean {
  if (at(schema, 'x-kubernetes-int-or-string') === true)
    return typeof value === 'string' || Number.isInteger(value)
  switch (textAt(schema, 'type') ?? '') {
    case 'object':
      return isObject(value)
    case 'array':
      return Array.isArray(value)
    case 'integer':
      return Number.isInteger(value)
    case 'string':
      return typeof value === 'string'
    case 'boolean':
      return typeof value === 'boolean'
    default:
      return false
  }
}

function texts(value: Json, name: string): readonly string[] {
  return listAt(value, name).filter((each) => typeof each === 'string')
}

function crdOf(kind: string | undefined): JsonObject | undefined {
  return crds.find((crd) => textAt(crd, 'spec', 'names', 'kind') === kind)
}

function schemaOf(crd: JsonObject | undefined): Json | undefined {
  return at(crd, 'spec', 'versions', 0, 'schema', 'openAPIV3Schema')
}

function only(file: string): JsonObject {
  const [first] = documents(file)
  if (first === undefined) throw new Error(`${file} is empty`)
  return first
}

function documents(file: string): readonly JsonObject[] {
  return parseAllDocuments(readFileSync(join(root, file), 'utf8')).map(
    (each): JsonObject => each.toJS(),
  )
}
