import { expect, test } from 'vitest'
import type { ObjectRef } from '../../../src/core/object.ts'
import { milliseconds } from '../../../src/core/units.ts'
import { PortError } from '../../../src/ports.ts'
import {
  answerDripping,
  answerEndlessly,
  answerJson,
  answerPartly,
  answerText,
} from '../loopback.ts'
import { listOf, rollout, startApiServer, status } from './api-server.ts'

const reviews: ObjectRef = { kind: 'Rollout', namespace: 'shop', name: 'reviews' }
const forbidden = 'rollouts.argoproj.io "reviews" is forbidden: User "h" cannot patch resource'

test.for([
  {
    it: 'a name that is taken',
    answers: status(409, 'AlreadyExists', 'rollouts "reviews" already exists'),
    as: 'exists',
    saying: 'patch Rollout shop/reviews: rollouts "reviews" already exists',
  },
  {
    it: 'an object that moved',
    answers: status(409, 'Conflict', 'the object has been\nmodified'),
    as: 'conflict',
    saying: 'patch Rollout shop/reviews: the object has been modified',
  },
  {
    it: 'an object that would be invalid',
    answers: status(422, 'Invalid', 'spec.replicas: Invalid value', { causes: [{ message: 'x' }] }),
    as: 'invalid',
    saying: 'patch Rollout shop/reviews: spec.replicas: Invalid value',
  },
  {
    it: 'a JSON patch that does not fit the object',
    answers: status(
      422,
      'Invalid',
      'the server rejected our request due to an error in our request',
    ),
    as: 'conflict',
    saying: 'patch Rollout shop/reviews: the object is not as the patch expects',
  },
  {
    it: 'an object that a webhook denies',
    answers: status(422, 'Invalid', 'admission webhook "w" denied the request: no'),
    as: 'invalid',
    saying: 'patch Rollout shop/reviews: admission webhook "w" denied the request: no',
  },
  {
    it: 'a body that cannot be read',
    answers: status(400, 'BadRequest', 'json: cannot unmarshal'),
    as: 'invalid',
    saying: 'patch Rollout shop/reviews: json: cannot unmarshal',
  },
  {
    it: 'a right that we lack',
    answers: status(403, 'Forbidden', forbidden),
    as: 'forbidden',
    saying: `patch Rollout shop/reviews: ${forbidden}`,
  },
  {
    it: 'credentials that are not accepted',
    answers: status(401, 'Unauthorized', 'Unauthorized'),
    as: 'forbidden',
    saying:
      'patch Rollout shop/reviews: the API server does not accept our credentials (HTTP 401); is the token or certificate still valid?',
  },
  {
    it: 'an object that is not there',
    answers: status(404, 'NotFound', 'rollouts "reviews" not found'),
    as: 'not-found',
    saying: 'patch Rollout shop/reviews: rollouts "reviews" not found',
  },
  {
    it: 'a server that is busy',
    answers: status(429, 'TooManyRequests', 'try again later'),
    as: 'unavailable',
    saying: 'patch Rollout shop/reviews: try again later',
  },
  {
    it: 'a server that is broken',
    answers: status(500, 'InternalError', 'etcd is away'),
    as: 'unavailable',
    saying: 'patch Rollout shop/reviews: etcd is away',
  },
] as const)('says of $it that it is $as', async ({ answers, as, saying }) => {
  const { code } = Object.assign({ code: 0 }, answers)
  const { cluster } = await startApiServer((_, response) => answerJson(response, code, answers))
  const patching = cluster.patch(reviews, { type: 'json', operations: [] })
  await expect(patching).rejects.toThrow(new PortError(as, saying))
  await expect(patching).rejects.toMatchObject({ code: as })
})

test('the page of a proxy is no answer', async () => {
  const { cluster } = await startApiServer((_, response) => answerText(response, 502, '<html>'))
  await expect(cluster.read(reviews)).rejects.toMatchObject({
    code: 'unavailable',
    message:
      'read Rollout shop/reviews: HTTP 502 without an explanation; is there a proxy in between?',
  })
})

test('a page with a good status is no object', async () => {
  const { cluster } = await startApiServer((_, response) => answerText(response, 200, '<html>'))
  await expect(cluster.read(reviews)).rejects.toMatchObject({ code: 'unavailable' })
  await expect(cluster.list('Rollout')).rejects.toMatchObject({ code: 'unavailable' })
})

test('an answer that breaks off is no answer', async () => {
  const { cluster } = await startApiServer((_, response) => answerPartly(response))
  await expect(cluster.read(reviews)).rejects.toMatchObject({ code: 'unavailable' })
})

test('a server that is silent is left after the time limit', async () => {
  const { cluster } = await startApiServer(() => undefined, {
    timing: { request: milliseconds(50) },
  })
  await expect(cluster.read(reviews)).rejects.toMatchObject({
    code: 'unavailable',
    message: 'read Rollout shop/reviews: no answer within 0.05 s',
  })
})

test('a server that drips is left after the time limit', async () => {
  const { cluster } = await startApiServer((_, response) => answerDripping(response), {
    timing: { request: milliseconds(80) },
  })
  await expect(cluster.read(reviews)).rejects.toThrow('no answer within 0.08 s')
})

test('an answer that does not end does not fill the memory', async () => {
  const { cluster } = await startApiServer((_, response) => answerEndlessly(response), {
    timing: { request: milliseconds(20_000) },
  })
  await expect(cluster.read(reviews)).rejects.toThrow('the answer is larger than 67108864 bytes')
})

test('a server that is away is unavailable', async () => {
  const { cluster, server } = await startApiServer(() => undefined)
  await server.stop()
  await expect(cluster.read(reviews)).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringMatching(/^read Rollout shop\/reviews: connect ECONNREFUSED/),
  })
})

test('an absent object is undefined to read and no error to delete', async () => {
  const { cluster } = await startApiServer((_, response) =>
    answerJson(response, 404, status(404, 'NotFound', 'not found')),
  )
  expect(await cluster.read(reviews)).toBeUndefined()
  await expect(cluster.delete(reviews)).resolves.toBeUndefined()
})

test('a write names us, its form and the subresource, and sends the body as it is', async () => {
  const { cluster, server } = await startApiServer((_, response) =>
    answerJson(response, 200, rollout('reviews', '2')),
  )
  const operations = [{ op: 'test', path: '/metadata/resourceVersion', value: '1' }] as const
  await cluster.patch(reviews, { type: 'merge', subresource: 'status', body: { status: { a: 1 } } })
  await cluster.patch(reviews, { type: 'json', operations })
  await cluster.create({ ref: reviews, json: { spec: { x: [0.1, 1e21] } } })
  await cluster.delete(reviews)
  const path = '/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts'
  expect(
    server.requests.map((each) => ({ ...each, headers: each.headers['content-type'] })),
  ).toEqual([
    {
      method: 'PATCH',
      path: `${path}/reviews/status`,
      query: new URLSearchParams({ fieldManager: 'haldane' }),
      headers: 'application/merge-patch+json',
      body: '{"status":{"a":1}}',
    },
    {
      method: 'PATCH',
      path: `${path}/reviews`,
      query: new URLSearchParams({ fieldManager: 'haldane' }),
      headers: 'application/json-patch+json',
      body: '[{"op":"test","path":"/metadata/resourceVersion","value":"1"}]',
    },
    {
      method: 'POST',
      path,
      query: new URLSearchParams({ fieldManager: 'haldane' }),
      headers: 'application/json',
      body: '{"spec":{"x":[0.1,1e+21]},"apiVersion":"argoproj.io/v1alpha1"}',
    },
    {
      method: 'DELETE',
      path: `${path}/reviews`,
      query: new URLSearchParams({ propagationPolicy: 'Background' }),
      headers: undefined,
      body: '',
    },
  ])
  expect(server.requests[0]?.headers.authorization).toBe('Bearer secret-token')
})

test('the status of a kind without a status subresource is written with the object', async () => {
  const { cluster, server } = await startApiServer((_, response) =>
    answerJson(response, 200, rollout('run', '2')),
  )
  const run: ObjectRef = { kind: 'AnalysisRun', namespace: 'shop', name: 'run' }
  await cluster.patch(run, { type: 'merge', subresource: 'status', body: {} })
  expect(server.requests[0]?.path).toBe(
    '/apis/argoproj.io/v1alpha1/namespaces/shop/analysisruns/run',
  )
})

test('a long list is read page by page', async () => {
  const { cluster, server } = await startApiServer((request, response) => {
    const first = request.query.get('continue') === null
    const page = first ? listOf('7', rollout('a', '1')) : listOf('7', rollout('b', '2'))
    const metadata = { resourceVersion: '7', continue: first ? 'more' : '' }
    answerJson(response, 200, { ...page, metadata })
  })
  const names = (await cluster.list('Rollout')).map(({ metadata }) => metadata.name)
  expect(names).toEqual(['a', 'b'])
  expect(server.requests.map(({ query }) => query.get('limit'))).toEqual(['500', '500'])
  expect(server.requests[0]?.path).toBe('/apis/argoproj.io/v1alpha1/rollouts')
})

test.for([
  { served: ['v1', 'v1beta1'], taken: 'v1' },
  { served: ['v1beta1'], taken: 'v1beta1' },
  { served: ['v1alpha3'], taken: 'v1alpha3' },
])('of $served takes $taken for a VirtualService', async ({ served, taken }) => {
  const { cluster, server } = await startApiServer(({ path }, response) => {
    const version = served.find((each) => path.startsWith(`/apis/networking.istio.io/${each}`))
    if (version === undefined) answerText(response, 404, '404 page not found')
    else if (path.endsWith(version))
      answerJson(response, 200, { resources: [{ name: 'virtualservices' }] })
    else answerJson(response, 200, listOf('1'))
  })
  await cluster.list('VirtualService')
  await cluster.list('VirtualService', 'shop')
  expect(server.requests.slice(-2).map(({ path }) => path)).toEqual([
    `/apis/networking.istio.io/${taken}/virtualservices`,
    `/apis/networking.istio.io/${taken}/namespaces/shop/virtualservices`,
  ])
})

test('a mesh that is not installed has no objects and takes none', async () => {
  const { cluster } = await startApiServer((_, response) =>
    answerText(response, 404, '404 page not found'),
  )
  const ref: ObjectRef = { kind: 'VirtualService', namespace: 'shop', name: 'reviews' }
  expect(await cluster.list('VirtualService')).toEqual([])
  expect(await cluster.read(ref)).toBeUndefined()
  await expect(cluster.patch(ref, { type: 'json', operations: [] })).rejects.toMatchObject({
    code: 'not-found',
    message:
      'patch VirtualService shop/reviews: the cluster serves no VirtualService of networking.istio.io',
  })
})

test('a program of one namespace lists only there', async () => {
  const { cluster, server } = await startApiServer(
    (_, response) => answerJson(response, 200, listOf('1')),
    { namespace: 'shop' },
  )
  await cluster.list('Rollout')
  expect(await cluster.list('ClusterAnalysisTemplate')).toEqual([])
  expect(server.requests.map(({ path }) => path)).toEqual([
    '/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts',
  ])
})
