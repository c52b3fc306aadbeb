import { expect, test } from 'vitest'
import { listAt, textAt } from '../../src/core/json.ts'
import { markdownOf } from '../../src/core/report/markdown.ts'
import { rolloutSpec, Sandbox } from './sandbox.ts'

const judged = { 'haldane.dev/judge': 'default' }
const slow = [
  { setWeight: 20 },
  { pause: { duration: '5m' } },
  { setWeight: 50 },
  { pause: { duration: '5m' } },
]

test('a good release under the annotation is promoted, and its report says so', async () => {
  const sandbox = await release('1', { image: 'web:2' })
  await sandbox.after(12)
  expect(await sandbox.said()).toBe('Healthy')
  expect(await sandbox.weights()).toBe('100/0')
  expect(sandbox.reports.map(({ outcome, verdict }) => `${outcome}, ${verdict}`)).toEqual([
    'promoted, no worse',
  ])
})

test('a bad release is rolled back with nobody touching anything, and the report has its numbers', async () => {
  const sandbox = await release('2', { image: 'web:2', failureRatio: '0.03' })
  await sandbox.after(5)
  expect(await sandbox.said()).toMatch(
    /^Degraded RolloutAborted: Rollout aborted update to revision 2: Background analysis phase error\/failed: Metric "haldane-judge" assessed Failed due to canary fails/,
  )
  expect(await sandbox.weights()).toBe('100/0')
  const [report] = sandbox.reports
  expect(report?.outcome).toBe('rolled-back')
  expect(report?.timeline.map(({ text, askedWeight }) => `${text} at ${askedWeight}`)).toEqual([
    'setWeight: 20 at 20',
    'pause: 5m at 20',
    'rolled back at 0',
  ])
  const shares = report?.timeline.map(({ observedShare }) => observedShare)
  expect(shares?.[1]).toBeCloseTo(0.2, 1)
})

test('a canary that refuses all connections fails outright', async () => {
  const sandbox = await release('3', { image: 'web:2', crash: true })
  await sandbox.after(4)
  expect(await sandbox.said()).toMatch(/canary fails outright, 100 % of/)
  expect(sandbox.reports.length).toBe(1)
})

test('the same seed plays the same release, to the last request', async () => {
  const [one, two] = [
    await release('4', { image: 'web:2' }),
    await release('4', { image: 'web:2' }),
  ]
  await one.after(15)
  await two.after(15)
  expect(one.reports).toEqual(two.reports)
})

test('the run shows what was found, and the ConfigMap keeps the report', async () => {
  const sandbox = await release('5', { image: 'web:2', failureRatio: '0.05' })
  await sandbox.after(5)
  const runs = await sandbox.world.cluster.list('AnalysisRun', 'shop')
  const status = runs[0]?.json['status']
  expect(textAt(status, 'phase')).toBe('Failed')
  const measurement = listAt(status, 'metricResults', 0, 'measurements')[0]
  expect(JSON.parse(textAt(measurement, 'value') ?? '')).toMatchObject({
    verdict: 'worse',
    channel: 'failures',
  })
  expect(textAt(measurement, 'metadata', 'query')).toContain('istio_requests_total')
  const [kept] = (await sandbox.world.cluster.list('ConfigMap', 'shop')).map(({ json }) => json)
  expect(textAt(kept, 'data', 'report.md')).toMatch(/rolled back/i)
})

test('a canary whose pods got a newer proxy is judged by its failures, and the report says why', async () => {
  const sandbox = await release('6', { image: 'web:2', proxy: '1.30.0' })
  await sandbox.after(15)
  expect(await sandbox.said()).toBe('Healthy')
  const [report] = sandbox.reports
  expect(report?.judgement?.latency).toMatchObject({ kind: 'not-compared', code: 'ProxySkew' })
  expect(report?.judgement?.proxies).toEqual({
    canary: ['1.30.0'],
    stable: ['1.29.2'],
    text: "latency is not compared, since the proxies are 1.30.0 on the canary and 1.29.2 on the stable side, whose buckets hold other times (reporter: source compares by the callers' proxies)",
  })
})

test('a release that is replaced before it is over has a report of its own, once', async () => {
  const sandbox = await release('7', { image: 'web:2' })
  await sandbox.after(2)
  await sandbox.push({ image: 'web:3' })
  await sandbox.after(15)
  expect(await sandbox.said()).toBe('Healthy')
  expect(
    sandbox.reports.map(({ revision, outcome, because }) => `${revision} ${outcome}: ${because}`),
  ).toEqual(['2 superseded: revision 3 took its place', '3 promoted: Completed all 4 canary steps'])
  const [report] = sandbox.reports
  expect(report?.judgement?.canary.judged.requests).toBeGreaterThan(0)
  expect(report && markdownOf(report)).toMatch(
    /^# web: revision 2 superseded\n\n\*\*Verdict: .*\n\nSuperseded: revision 3 took its place\.\n/,
  )
})

/** Revision 1 is Healthy, and the next version has just been pushed. */
async function release(seed: string, version: Parameters<Sandbox['push']>[0]): Promise<Sandbox> {
  const sandbox = await (await new Sandbox(seed).start()).furnish()
  await sandbox.create('Rollout', 'web', rolloutSpec(slow), judged)
  await sandbox.after(2)
  await sandbox.push(version)
  return sandbox
}
