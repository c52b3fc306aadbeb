import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  isObject,
  type Json,
  type JsonObject,
  listAt,
  objectAt,
  parseJson,
  textAt,
} from '../../src/core/json.ts'
import { isMadeOf } from '../../src/core/manifest/known-template.ts'
import { podTemplateHash } from '../../src/core/manifest/pod-template-hash.ts'
import { type ControlPlane, startControlPlane } from './control-plane.ts'

const fixture = join(import.meta.dirname, '..', '..', 'fixtures', 'pod-template-hash', 'cases.json')
let plane: ControlPlane

beforeAll(async () => {
  plane = await startControlPlane()
})

afterAll(() => plane.stop())

test('a template is known again after the real API server has filled in its defaults, and no other is taken for it', async () => {
  const stored = await store(templates())
  expect(stored.length).toBeGreaterThan(25)
  const wrong = stored.flatMap((one) =>
    stored
      .filter(
        (other) =>
          isMadeOf({ template: one.after, annotations: {} }, other.before) !==
          isSame(one.after, other.after),
      )
      .map((other) => ({ stored: one.after, asked: other.before })),
  )
  expect(wrong).toEqual([])
})

function isSame(a: JsonObject, b: JsonObject): boolean {
  return podTemplateHash(a) === podTemplateHash(b)
}

type Pair = { readonly before: JsonObject; readonly after: JsonObject }

function templates(): readonly JsonObject[] {
  const cases = parseJson(readFileSync(fixture, 'utf8'))
  const all = listAt(cases, 'templates').map((each) => objectAt(each, 'template'))
  return all.filter((template) => Object.keys(template).length > 0 && !isCutByServer(template))
}

/** Some of the fixtures are templates that no API server takes; those are left out. */
async function store(all: readonly JsonObject[]): Promise<readonly Pair[]> {
  const pairs: Pair[] = []
  for (const [index, template] of all.entries()) {
    const before = labelled(template)
    const name = `t${index}`
    const object = {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name },
      spec: {
        replicas: 0,
        selector: { matchLabels: { known: 'yes' } },
        template: withLabel(before, 'known', 'yes'),
      },
    }
    const answer = await plane.apply(JSON.stringify(object)).then(
      () => plane.kubectl('get', 'replicaset', name, '-o', 'json'),
      () => undefined,
    )
    const after = objectAt(parseJson(answer), 'spec', 'template')
    if (textAt(parseJson(answer), 'kind') === 'ReplicaSet')
      pairs.push({ before: withLabel(before, 'known', 'yes'), after })
  }
  return pairs
}

function labelled(template: JsonObject): JsonObject {
  return isObject(template['metadata']) ? template : { ...template, metadata: {} }
}

function withLabel(template: JsonObject, key: string, value: string): JsonObject {
  const metadata = objectAt(template, 'metadata')
  const labels: Json = { ...objectAt(metadata, 'labels'), [key]: value }
  return { ...template, metadata: { ...metadata, labels } }
}

/** A field behind a feature that is off is dropped when it is stored: what comes back is another template. */
function isCutByServer(template: JsonObject): boolean {
  return JSON.stringify(template).includes('podCertificate')
}
