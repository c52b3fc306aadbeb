/** Provider haldane/judge with series, in a release: a gauge of both sides, judged by the controller as shipped. */
import { expect, test } from 'vitest'
import { type Json, type JsonObject, listAt, textAt } from '../../src/core/json.ts'
import { rolloutSpec, Sandbox } from './sandbox.ts'

function memory(hash: string): string {
  return `process_resident_memory_bytes{pod=~"web-${hash}-.*"}`
}

const series = [
  {
    name: 'memory',
    direction: 'increase',
    canary: memory('{{args.canary}}'),
    stable: memory('{{args.stable}}'),
  },
]

const hashes = [
  { name: 'canary', valueFrom: { podTemplateHashValue: 'Latest' } },
  { name: 'stable', valueFrom: { podTemplateHashValue: 'Stable' } },
]

const steps = [
  { setWeight: 20 },
  { analysis: { templates: [{ templateName: 'gauges' }], args: hashes } },
]

test('a canary that takes half as much memory again is rolled back', async () => {
  const sandbox = await release('1', { image: 'web:2', memory: '150' })
  await sandbox.after(6)
  expect(await sandbox.said()).toMatch(
    /^Degraded RolloutAborted: .* Metric "gauges" assessed Failed due to memory lies higher on the canary: canary 15\d,000,000, stable 10\d,000,000; evidence/,
  )
  expect(await sandbox.weights()).toBe('100/0')
})

test('a canary that takes as much as before is proved no worse, and promoted', async () => {
  const sandbox = await release('2', { image: 'web:2' })
  await sandbox.after(10)
  expect(await sandbox.said()).toBe('Healthy')
  const measurement = await measured(sandbox)
  expect(JSON.parse(textAt(measurement, 'value') ?? '')).toMatchObject({
    verdict: 'no-worse',
    score: 100,
  })
  expect(textAt(measurement, 'metadata', 'memory')).toMatch(
    /^canary .*; \d+ blocks of .* \(history\)$/,
  )
})

test('a query that nothing answers is no pass and no failure', async () => {
  const nothing = [{ ...series[0], canary: 'nobody{}' }]
  const sandbox = await release('3', { image: 'web:2' }, { series: nothing, deadline: '5m' })
  await sandbox.after(8)
  expect(await sandbox.said()).toBe('Paused InconclusiveAnalysisRun')
  const [run] = await sandbox.world.cluster.list('AnalysisRun', 'shop')
  expect(textAt(run?.json, 'status', 'message')).toBe(
    'Metric "gauges" assessed Inconclusive due to no data: memory has no values of the canary side; does its query answer anything?',
  )
})

async function measured(sandbox: Sandbox): Promise<Json | undefined> {
  const [run] = await sandbox.world.cluster.list('AnalysisRun', 'shop')
  return listAt(run?.json, 'status', 'metricResults', 0, 'measurements')[0]
}

async function release(
  seed: string,
  version: Parameters<Sandbox['push']>[0],
  asked: JsonObject = { series },
): Promise<Sandbox> {
  const sandbox = await (await new Sandbox(seed).start()).furnish()
  await sandbox.create('AnalysisTemplate', 'gauges', {
    args: [{ name: 'canary' }, { name: 'stable' }],
    metrics: [{ name: 'gauges', provider: { plugin: { 'haldane/judge': asked } } }],
  })
  await sandbox.create('Rollout', 'web', rolloutSpec(steps))
  await sandbox.after(6)
  await sandbox.push(version)
  return sandbox
}
