/** haldane/score with the real Prometheus: queries with functions that the sandbox does not have. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type JsonObject, listAt, parseJson, textAt } from '../../src/core/json.ts'
import { type Rig, startRig } from './rig.ts'
import { hashes, Shop } from './shop.ts'

let rig: Rig

beforeAll(async () => {
  rig = await startRig()
})

afterAll(() => rig.stop())

test('a good release passes by its score, and a bad one is rolled back by it', {
  timeout: 300_000,
}, async () => {
  const shop = new Shop(rig, 'scored', { steps: [{ setWeight: 50 }, { analysis }] })
  await shop.furnish()
  await rig.plane.apply(JSON.stringify(template))
  await shop.push({ image: 'reviews:1' })
  await shop.reaches(/^Healthy$/)
  await shop.push({ image: 'reviews:2' })
  const { current } = hashes(await shop.reaches(/more replicas|waiting for all steps/))
  await shop.reaches(/^Healthy$/, 120)
  const passed = await shop.get('analysisrun', `reviews-${current}-2-1`)
  expect(textAt(passed, 'status', 'phase')).toBe('Successful')
  expect(scoreIn(passed)).toMatchObject({ score: 100, classification: 'Pass' })
  await shop.push({ image: 'reviews:3', failureRatio: '0.3' })
  const rollout = await shop.reaches(/^Degraded RolloutAborted/, 120)
  expect(await shop.weights()).toBe('100/0')
  const failed = await shop.get('analysisrun', `reviews-${hashes(rollout).current}-3-1`)
  expect(textAt(failed, 'status', 'phase')).toBe('Failed')
  expect(scoreIn(failed)).toMatchObject({ score: 0, classification: 'Fail' })
})

function scoreIn(run: Parameters<typeof listAt>[0]): unknown {
  const [measurement] = listAt(run, 'status', 'metricResults', 0, 'measurements')
  return parseJson(textAt(measurement, 'value'))
}

const analysis: JsonObject = {
  templates: [{ templateName: 'score' }],
  args: [
    { name: 'canary', valueFrom: { podTemplateHashValue: 'Latest' } },
    { name: 'stable', valueFrom: { podTemplateHashValue: 'Stable' } },
  ],
}

const template: JsonObject = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AnalysisTemplate',
  metadata: { name: 'score', namespace: 'scored' },
  spec: {
    args: [{ name: 'canary' }, { name: 'stable' }],
    metrics: [
      {
        name: 'score',
        initialDelay: '10s',
        provider: {
          plugin: {
            'haldane/score': {
              window: '30s',
              step: '1s',
              metrics: [
                {
                  name: 'failures',
                  direction: 'increase',
                  // Kayenta calls any steady difference High; a good canary may be a little above.
                  effectSize: { allowedIncrease: 3 },
                  canary: failuresOf('{{args.canary}}'),
                  stable: failuresOf('{{args.stable}}'),
                },
              ],
            },
          },
        },
      },
    ],
  },
}

/** In percent; 0 where nothing failed. */
function failuresOf(hash: string): string {
  const labels = (more: string): string =>
    `istio_requests_total{reporter="destination",namespace="scored",pod=~"reviews-${hash}-.*"${more}}[10s]`
  return `100 * (sum(rate(${labels(',response_code=~"5.."')})) or vector(0)) / sum(rate(${labels('')}))`
}
