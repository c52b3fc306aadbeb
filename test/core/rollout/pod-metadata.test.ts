import { expect, test } from 'vitest'
import type { PodFacts } from '../../../src/core/rollout/facts.ts'
import { needsPods } from '../../../src/core/rollout/pod-look.ts'
import {
  dressed,
  podMetadataActions,
  templateMetadataActions,
} from '../../../src/core/rollout/pod-metadata.ts'
import type { PodMetadata } from '../../../src/core/rollout/spec.ts'
import { rolloutSpec } from '../../stories/notation.ts'
import { at, type Differs, replicaSet, scene } from './build.ts'

const injected = 'rollout.argoproj.io/ephemeral-metadata'
const moving = 'haldane.dev/moving-metadata'
const asCanary = labels({ role: 'canary' })
const asStable = labels({ role: 'stable' })

test('a new ReplicaSet is made with what its pods carry, and says so; its own labels stay', () => {
  const template = { metadata: { labels: { app: 'web' }, annotations: { a: 'b' } }, spec: {} }
  const wanted = { labels: { role: 'canary', app: 'web' }, annotations: { b: 'c' } }
  expect(dressed(template, wanted)).toEqual({
    template: {
      metadata: { labels: { app: 'web', role: 'canary' }, annotations: { a: 'b', b: 'c' } },
      spec: {},
    },
    annotations: { [injected]: '{"labels":{"app":"web","role":"canary"},"annotations":{"b":"c"}}' },
  })
})

test('without a wish nothing is said', () => {
  const template = { metadata: {}, spec: {} }
  expect(dressed(template, labels({}))).toEqual({ template, annotations: {} })
})

const canaryIn = { labels: { app: 'web', role: 'canary' } }
const stableIn = { labels: { app: 'web', role: 'stable' } }
const said = (role: string): Readonly<Record<string, string>> => ({
  [injected]: JSON.stringify({ labels: { role } }),
})

test.for<{ it: string; sees: Differs; writes: readonly unknown[] }>([
  {
    it: 'in the middle of a release both are as they should be: no write',
    sees: {
      stable: { template: { metadata: stableIn }, annotations: said('stable') },
      canary: { template: { metadata: canaryIn }, annotations: said('canary') },
    },
    writes: [],
  },
  {
    it: 'promoted: the canary becomes stable, the old pods carry nothing',
    sees: {
      status: { stableRS: 'bbb' },
      stable: { template: { metadata: stableIn }, annotations: said('stable') },
      canary: { template: { metadata: canaryIn }, annotations: said('canary') },
    },
    writes: [
      {
        'web-aaa': { role: null },
        [injected]: null,
        [moving]: '{"labels":{"role":"stable"}}',
      },
      {
        'web-bbb': { role: 'stable' },
        [injected]: '{"labels":{"role":"stable"}}',
        [moving]: '{"labels":{"role":"canary"}}',
      },
    ],
  },
  {
    it: 'without pods nothing has to move',
    sees: {
      status: { stableRS: 'bbb' },
      stable: { wanted: 0, template: { metadata: stableIn }, annotations: said('stable') },
      canary: { template: { metadata: stableIn }, annotations: said('stable') },
    },
    writes: [{ 'web-aaa': { role: null }, [injected]: null }],
  },
  {
    it: "the user's own label comes back where it was covered",
    sees: {
      ...asks({ canaryMetadata: labels({}) }),
      spec: {
        ...asks({ canaryMetadata: labels({}), stableMetadata: labels({}) }).spec,
        template: { metadata: { labels: { app: 'web', role: 'mine' } } },
      },
      canary: { template: { metadata: canaryIn }, annotations: said('canary') },
    },
    writes: [
      {
        'web-bbb': { role: 'mine' },
        [injected]: null,
        [moving]: '{"labels":{"role":"canary"}}',
      },
    ],
  },
  {
    it: 'what cannot be read was not ours',
    sees: {
      ...asks({ canaryMetadata: labels({}), stableMetadata: labels({}) }),
      canary: { template: { metadata: canaryIn }, annotations: { [injected]: '{"labels":' } },
    },
    writes: [],
  },
])('templates: $it', ({ sees, writes }) => {
  const actions = templateMetadataActions(scene({ ...asks({}), ...sees }))
  expect(
    actions.map((action) =>
      action.kind === 'merge'
        ? {
            [action.ref.name]: Object(action.body).spec.template.metadata.labels,
            ...Object(action.body).metadata.annotations,
          }
        : action.kind,
    ),
  ).toEqual(writes)
})

const movingOn = { ...said('stable'), [moving]: '{"labels":{"role":"canary"}}' }

test.for<{ it: string; observed?: boolean; pods: readonly PodFacts[]; writes: readonly string[] }>([
  {
    it: 'a pod that is otherwise is changed, then the mark goes',
    pods: [pod('one', { role: 'canary' }), pod('two', { role: 'stable' })],
    writes: ['Pod/one {"metadata":{"labels":{"role":"stable"}}}', 'ReplicaSet/web-bbb done'],
  },
  {
    it: 'a pod with the old template may still come: the mark stays',
    observed: false,
    pods: [pod('one', { role: 'canary' })],
    writes: ['Pod/one {"metadata":{"labels":{"role":"stable"}}}'],
  },
  {
    it: 'all are right: only the mark goes',
    pods: [pod('one', { role: 'stable' })],
    writes: ['ReplicaSet/web-bbb done'],
  },
  {
    it: 'pods of others and pods that go are left alone',
    pods: [pod('one', { role: 'canary' }, { owner: 'x' }), pod('two', {}, { leaving: true })],
    writes: ['ReplicaSet/web-bbb done'],
  },
])('live pods: $it', ({ observed = true, pods, writes }) => {
  const seen = scene({
    ...asks({}),
    status: { stableRS: 'bbb' },
    canary: { template: { metadata: stableIn }, annotations: movingOn, observed },
    pods,
  })
  expect(needsPods(seen, at(0))).toBe(true)
  expect(podMetadataActions(seen).map(inWords)).toEqual(writes)
})

test('one pass changes 50 pods, and the mark stays until all are done', () => {
  const pods = Array.from({ length: 51 }, (_, index) => pod(`p${index}`, {}))
  const seen = scene({
    ...asks({}),
    status: { stableRS: 'bbb' },
    canary: { template: { metadata: stableIn }, annotations: movingOn },
    pods,
  })
  const actions = podMetadataActions(seen)
  expect(actions).toHaveLength(50)
  expect(actions.every((action) => action.kind === 'merge' && action.ref.kind === 'Pod')).toBe(true)
})

test('nobody looks at pods when nothing moves', () => {
  expect(needsPods(scene({ ...asks({}), others: [replicaSet('ccc')] }), at(0))).toBe(false)
})

function inWords(action: ReturnType<typeof podMetadataActions>[number]): string {
  if (action.kind !== 'merge') return action.kind
  const { kind, name } = action.ref
  return kind === 'Pod' ? `${kind}/${name} ${JSON.stringify(action.body)}` : `${kind}/${name} done`
}

function labels(of: Readonly<Record<string, string>>): PodMetadata {
  return { labels: of, annotations: {} }
}

function asks(canary: {
  readonly canaryMetadata?: PodMetadata
  readonly stableMetadata?: PodMetadata
}): Differs {
  const spec = rolloutSpec('setWeight 50 | pause', 4)
  const metadata = { canaryMetadata: asCanary, stableMetadata: asStable }
  return { spec: { canary: { ...spec.canary, ...metadata, ...canary } } }
}

function pod(
  name: string,
  own: Readonly<Record<string, string>>,
  facts: Partial<PodFacts> = {},
): PodFacts {
  return {
    name,
    uid: name,
    owner: 'bbb',
    createdAt: at(0),
    available: true,
    leaving: false,
    labels: { app: 'web', ...own },
    annotations: {},
    ...facts,
  }
}
