/** Provider haldane/score in a release: one score over one window, made by the controller as shipped. */
import { expect, test } from 'vitest'
import { type JsonObject, listAt, textAt } from '../../src/core/json.ts'
import { markdownOf } from '../../src/core/report/markdown.ts'
import { rolloutSpec, Sandbox } from './sandbox.ts'

/** Failures so far. */
function failures(hash: string): string {
  return `sum(istio_requests_total{reporter="destination",pod=~"web-${hash}-.*",response_code=~"5.."})`
}

const score = {
  window: '10m',
  step: '10s',
  metrics: [
    {
      name: 'failures',
      group: 'errors',
      direction: 'increase',
      critical: true,
      effectSize: { allowedIncrease: 1.5, criticalIncrease: 1.5 },
      // A fifth of the traffic goes to the canary.
      canary: `4 * ${failures('{{args.canary}}')}`,
      stable: failures('{{args.stable}}'),
    },
  ],
}

const hashes = [
  { name: 'canary', valueFrom: { podTemplateHashValue: 'Latest' } },
  { name: 'stable', valueFrom: { podTemplateHashValue: 'Stable' } },
]

const steps = [
  { setWeight: 20 },
  { analysis: { templates: [{ templateName: 'kayenta' }], args: hashes } },
]

test('a canary that fails more is scored 0 once its window has passed, and rolled back', async () => {
  const sandbox = await release('1', { image: 'web:2', failureRatio: '0.05' })
  await sandbox.after(9)
  expect(await phase(sandbox)).toBe('Running')
  expect(await sandbox.weights()).toBe('80/20')
  await sandbox.after(3)
  expect(await sandbox.said()).toBe(
    'Degraded RolloutAborted: Rollout aborted update to revision 2: Step-based analysis phase error/failed: Metric "kayenta" assessed Failed due to score 0: Canary Failed: The metric failures was classified as High (Critical)',
  )
  expect(await sandbox.weights()).toBe('100/0')
})

test('a good canary is scored 100 and promoted', async () => {
  const sandbox = await release('2', { image: 'web:2' })
  await sandbox.after(14)
  expect(await sandbox.said()).toBe('Healthy')
  const [run] = await sandbox.world.cluster.list('AnalysisRun', 'shop')
  const [measurement] = listAt(run?.json, 'status', 'metricResults', 0, 'measurements')
  expect(JSON.parse(textAt(measurement, 'value') ?? '')).toMatchObject({
    verdict: 'pass',
    score: 100,
  })
  const [report] = sandbox.reports
  expect(report).toMatchObject({
    verdict: 'not judged',
    sentence:
      'no judge of requests saw this release; kayenta (haldane/score) Successful: score 100',
    measured: [{ metric: 'kayenta', provider: 'haldane/score', phase: 'Successful' }],
  })
  expect(report?.judgement).toBeUndefined()
  expect(report && markdownOf(report)).toMatch(
    /## Scores and series\n\n\| metric [^\n]*\n[^\n]*\n\| `kayenta` \| haldane\/score \| `web-[^`]*` \| Successful \| score 100/,
  )
})

test('silence is no pass: a store without an answer leaves the release where it is', async () => {
  const sandbox = await release('3', { image: 'web:2' })
  sandbox.world.metrics.suffer('unreachable')
  await sandbox.after(13)
  expect(await phase(sandbox)).toBe('Running')
  await sandbox.after(5)
  expect(await sandbox.said()).toBe('Paused InconclusiveAnalysisRun')
  expect(await sandbox.weights()).toBe('80/20')
})

test('queries that nothing answers are no pass and no failure', async () => {
  const nothing = { ...score.metrics[0], canary: 'sum(nobody)', stable: 'sum(nobody)' }
  const sandbox = await release('4', { image: 'web:2' }, { ...score, metrics: [nothing] })
  await sandbox.after(13)
  expect(await sandbox.said()).toBe('Paused InconclusiveAnalysisRun')
  const [run] = await sandbox.world.cluster.list('AnalysisRun', 'shop')
  expect(textAt(run?.json, 'status', 'message')).toBe(
    'Metric "kayenta" assessed Inconclusive due to no score: Canary Failed: Missing data for failures',
  )
})

async function release(
  seed: string,
  version: Parameters<Sandbox['push']>[0],
  asked: JsonObject = score,
): Promise<Sandbox> {
  const sandbox = await (await new Sandbox(seed).start()).furnish()
  await sandbox.create('AnalysisTemplate', 'kayenta', {
    args: [{ name: 'canary' }, { name: 'stable' }],
    metrics: [{ name: 'kayenta', provider: { plugin: { 'haldane/score': asked } } }],
  })
  await sandbox.create('Rollout', 'web', rolloutSpec(steps))
  await sandbox.after(2)
  await sandbox.push(version)
  return sandbox
}

async function phase(sandbox: Sandbox): Promise<string | undefined> {
  const [run] = await sandbox.world.cluster.list('AnalysisRun', 'shop')
  return textAt(run?.json, 'status', 'phase')
}
