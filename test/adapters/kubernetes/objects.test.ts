import { expect, test } from 'vitest'
import { objectFrom } from '../../../src/adapters/kubernetes/objects.ts'
import { objectAt } from '../../../src/core/json.ts'

const metadata = { name: 'web', namespace: 'shop', labels: { app: 'web' } }
const managedFields = [{ manager: 'kubectl', fieldsV1: { 'f:spec': {} } }]

test('an object is the same however often one looks, and whole', () => {
  const object = objectFrom('Service', 'v1', { metadata, spec: { selector: { app: 'web' } } })
  expect(object?.json).toEqual({
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: { selector: { app: 'web' } },
  })
  expect(object?.json).toBe(object?.json)
  expect(object?.metadata.labels).toEqual({ app: 'web' })
})

test('who wrote which field is kept of routes alone', () => {
  const fieldsOf = (kind: 'Rollout' | 'VirtualService'): unknown =>
    objectAt(objectFrom(kind, 'v1', { metadata: { ...metadata, managedFields } })?.json, 'metadata')
  expect(fieldsOf('Rollout')).toEqual(metadata)
  expect(fieldsOf('VirtualService')).toEqual({ ...metadata, managedFields })
})

test('what has no name is no object', () => {
  expect(objectFrom('Service', 'v1', { metadata: {} })).toBeUndefined()
  expect(objectFrom('Service', 'v1', [])).toBeUndefined()
})
