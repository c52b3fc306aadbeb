import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listAt, parseJson, textAt } from '../../src/core/json.ts'
import { run } from './children.ts'
import { type Rig, startRig } from './rig.ts'
import { hashes, Shop } from './shop.ts'

const judge = { templates: [{ templateName: 'judge' }] }
const template = readFileSync(
  join(import.meta.dirname, '..', '..', 'analysis-templates', 'judge.yaml'),
  'utf8',
)

let rig: Rig

beforeAll(async () => {
  rig = await startRig()
})

afterAll(() => rig.stop())

test('a good release with the judge in the background and in a step is promoted by the judge and the steps', async () => {
  const shop = new Shop(rig, 'good', {
    analysis: judge,
    steps: [
      { setWeight: 25 },
      { analysis: judge },
      { setWeight: 50 },
      { pause: { duration: '5s' } },
    ],
  })
  await shop.furnish()
  await rig.plane.kubectl(
    'apply',
    '-n',
    'good',
    '-f',
    join(import.meta.dirname, '..', '..', 'analysis-templates', 'judge.yaml'),
  )
  expect(template).toContain('haldane/judge')
  await shop.push({ image: 'reviews:1' })
  await shop.reaches(/^Healthy$/)
  await shop.push({ image: 'reviews:2' })
  await shop.reaches(/waiting for all steps|more replicas/, 60)
  const rollout = await shop.reaches(/^Healthy$/, 480)
  const { current } = hashes(rollout)
  await expect.poll(() => shop.weights(), { timeout: 5000 }).toBe('100/0')
  const step = await shop.get('analysisrun', `reviews-${current}-2-1`)
  expect(textAt(step, 'status', 'phase')).toBe('Successful')
  const measurement = listAt(step, 'status', 'metricResults', 0, 'measurements')[0]
  expect(parseJson(textAt(measurement, 'value'))).toMatchObject({ verdict: 'no-worse' })
  expect(textAt(measurement, 'metadata', 'link')).toContain('http://grafana.example.com/')
  const background = await shop.get('analysisrun', `reviews-${current}-2`)
  await expect
    .poll(async () =>
      textAt(await shop.get('analysisrun', `reviews-${current}-2`), 'status', 'phase'),
    )
    .toBe('Successful')
  expect(textAt(background, 'metadata', 'labels', 'rollout-type')).toBe('Background')
  expect(await report('good')).toMatch(/promoted/i)
})

test('a bad release with nothing but the annotation is rolled back: weights first, then the pods', async () => {
  const shop = new Shop(rig, 'bad', {
    annotations: { 'haldane.dev/judge': 'default' },
    steps: [{ setWeight: 50 }, { pause: {} }],
  })
  await shop.furnish()
  await shop.push({ image: 'reviews:1' })
  await shop.reaches(/^Healthy$/)
  await shop.push({ image: 'reviews:2', failureRatio: '0.03' })
  await shop.reaches(/^Paused CanaryPauseStep/)
  const rollout = await shop.reaches(/^Degraded RolloutAborted/, 240)
  expect(textAt(rollout, 'status', 'message')).toMatch(
    /canary fails [23]\.?\d* % of [\d,]+ requests/,
  )
  expect(await shop.weights()).toBe('100/0')
  const { stable } = hashes(rollout)
  await expect.poll(() => shop.selector('reviews-canary'), { timeout: 5000 }).toBe(stable)
  await expect
    .poll(() => shop.pods(), { timeout: 30_000 })
    .toEqual({ '1': '4 wanted, 4 up', '2': '0 wanted, 0 up' })
  expect(await report('bad')).toMatch(/rolled back/i)
  // Events are told together, up to two seconds later.
  const messages = '-o=jsonpath={.items[*].message}'
  await expect
    .poll(() => rig.plane.kubectl('get', 'events', '-n', 'bad', messages), { timeout: 10_000 })
    .toContain('http://grafana.example.com/')
})

/** What `haldane report` prints for the newest release. */
async function report(namespace: string): Promise<string> {
  const main = join(import.meta.dirname, '..', '..', 'src', 'main.ts')
  await expect
    .poll(
      () =>
        rig.plane.kubectl(
          'get',
          'configmaps',
          '-n',
          namespace,
          '-l',
          'haldane.dev/rollout=reviews',
          '-o',
          'name',
        ),
      { timeout: 20_000 },
    )
    .toContain('report')
  return run(process.execPath, [
    main,
    'report',
    'reviews',
    '-n',
    namespace,
    '--kubeconfig',
    rig.plane.kubeconfig,
  ])
}
