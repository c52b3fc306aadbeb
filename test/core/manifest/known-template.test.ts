import { expect, test } from 'vitest'
import type { JsonObject } from '../../../src/core/json.ts'
import { isMadeOf } from '../../../src/core/manifest/known-template.ts'

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
  expect(isMadeOf(stored, asked)).toBe(true)
  expect(isMadeOf(stored, { ...stored, metadata: { labels: { app: 'web' } } })).toBe(true)
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
  const plain = {
    metadata: asked['metadata'] ?? null,
    spec: { containers: [{ name: 'web', image: 'web:1' }] },
  }
  expect(isMadeOf(plain, { ...plain, spec })).toBe(false)
})
