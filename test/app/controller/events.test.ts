import { expect, test } from 'vitest'
import { Teller } from '../../../src/app/controller/events.ts'
import { at, textAt } from '../../../src/core/json.ts'
import { normal } from '../../../src/core/rollout/action.ts'
import { instant, minutes, seconds } from '../../../src/core/units.ts'
import { PortError } from '../../../src/ports.ts'
import { createWorld } from '../../../src/sandbox/world.ts'

test('what happens on one object within a moment is one event; whoever stops loses none', async () => {
  const world = createWorld({ seed: '1', start: instant(Date.UTC(2026, 0, 1)) })
  const metadata = { namespace: 'shop', name: 'web' }
  const rollout = await world.cluster.create({
    ref: { kind: 'Rollout', ...metadata },
    json: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', metadata },
  })
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const { cluster, clock } = world
  const teller = new Teller({ cluster, clock, log, tell: () => undefined })
  const told = async (): Promise<readonly (string | undefined)[]> =>
    (await cluster.list('Event', 'shop')).map(({ json }) => textAt(json, 'message'))
  teller.tell(rollout, [normal('SwitchService', 'switched')])
  await world.advance(seconds(1))
  teller.tell(rollout, [normal('RolloutPaused', 'paused')])
  expect(await told()).toEqual([])
  await world.advance(seconds(1))
  expect(await told()).toEqual(['paused [after SwitchService: switched]'])
  teller.tell(rollout, [normal('RolloutResumed', 'resumed')])
  teller.stop()
  await world.advance(seconds(0))
  expect(await told()).toEqual(['paused [after SwitchService: switched]', 'resumed'])
})

test('events are written in order, cut to what the API server takes; one that is refused is a line in the log', async () => {
  const world = createWorld({ seed: '1', start: instant(Date.UTC(2026, 0, 1)) })
  const warnings: string[] = []
  const log = {
    info: () => undefined,
    warn: (message: string) => void warnings.push(message),
    error: () => undefined,
  }
  const rollout = await world.cluster.create({
    ref: { kind: 'Rollout', namespace: 'shop', name: 'web' },
    json: {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      metadata: { namespace: 'shop', name: 'web' },
    },
  })
  let refused = false
  world.cluster.onWrite({
    before: ({ ref }) => {
      if (ref.kind !== 'Event' || refused) return
      refused = true
      throw new PortError('forbidden', 'no events today')
    },
  })
  const teller = new Teller({
    cluster: world.cluster,
    clock: world.clock,
    log,
    tell: () => undefined,
  })
  teller.tell(rollout, [
    normal('Lost', 'lost'),
    normal('Kept', 'kept'),
    normal('Long', 'x'.repeat(2000)),
  ])
  await world.advance(minutes(1))
  const events = (await world.cluster.list('Event', 'shop')).map(({ json }) => json)
  expect(events.map((event) => textAt(event, 'reason'))).toEqual(['Kept', 'Long'])
  expect(textAt(events[1], 'message')).toHaveLength(1024)
  expect(at(events[0], 'involvedObject', 'uid')).toBe(rollout.metadata.uid)
  expect(warnings).toEqual([expect.stringContaining('no events today')])
})
