import { expect, test } from 'vitest'
import { manifestsIn } from '../../../src/adapters/files/manifests.ts'
import { textAt } from '../../../src/core/json.ts'

const two = `# the first
apiVersion: v1
kind: Service
metadata:
  name: one
  annotations:
    a.b/c: d
spec:
  ports:
  - port: 80
  - {port: 81,
     name: web}
---
---
apiVersion: v1
kind: List
items:
- kind: Service
  metadata: {name: two}
- kind: Service
  metadata: {name: three}
`

test('several documents, and the objects of a List', () => {
  const { objects, unreadable } = manifestsIn(two)
  expect(objects.map(({ json }) => textAt(json, 'metadata', 'name'))).toEqual([
    'one',
    'two',
    'three',
  ])
  expect(unreadable).toEqual([])
})

test.for([
  { path: 'metadata.name', line: 5 },
  { path: 'metadata.annotations["a.b/c"]', line: 7 },
  { path: "metadata.annotations['a.b/c']", line: 7 },
  { path: 'spec.ports[0].port', line: 10 },
  { path: 'spec.ports[1].name', line: 12 },
  { path: 'spec.ports[1].targetPort', line: 11 },
  { path: 'spec.nonsense.deeper', line: 8 },
  { path: '', line: 2 },
])('$path stands on line $line, or what is nearest to it', ({ path, line }) => {
  expect(manifestsIn(two).objects[0]?.lineOf(path)).toBe(line)
})

test('an object of a List has lines of its own', () => {
  expect(manifestsIn(two).objects[2]?.lineOf('metadata')).toBe(21)
})

test.for([
  { it: 'text', text: 'hello', line: 1, says: 'must be a mapping' },
  { it: 'a list', text: '---\n- 1\n- 2\n', line: 2, says: 'must be a mapping' },
  { it: 'a broken document', text: 'a: 1\nb: [1\nc: 2\n', line: 3, says: 'is no YAML' },
  { it: 'an alias to nothing', text: 'a: *b\n', line: 1, says: 'alias' },
  { it: 'a tab', text: 'a:\n\tb: 1\n', line: 2, says: 'is no YAML' },
])('$it is told with its line, and the other documents are read', ({ text, line, says }) => {
  const { objects, unreadable } = manifestsIn(`${text}\n---\nkind: Service\n`)
  expect(unreadable).toEqual([{ line, message: expect.stringContaining(says) }])
  expect(objects).toHaveLength(1)
})

test('a document that grows without end by its aliases is refused', () => {
  const bomb = Array.from({ length: 30 }, (_, i) =>
    i === 0 ? 'a0: &a0 [x]' : `a${i}: &a${i} [*a${i - 1}, *a${i - 1}, *a${i - 1}]`,
  )
  expect(manifestsIn(bomb.join('\n')).unreadable).toHaveLength(1)
})

test('JSON is YAML, too', () => {
  expect(manifestsIn('{"kind": "Service", "metadata": {"name": "x"}}').objects).toHaveLength(1)
})
