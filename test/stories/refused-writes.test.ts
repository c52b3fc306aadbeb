/** One write of the controller is refused, or done without an answer: the release ends the same. */
import { expect, test } from 'vitest'
import { PortError } from '../../src/ports.ts'
import { rolloutSpec, Sandbox } from './sandbox.ts'

const steps = [
  { setWeight: 25 },
  { pause: { duration: '1m' } },
  { setWeight: 50 },
  { pause: { duration: '1m' } },
]
const refusals = ['conflict', 'unavailable', 'done, but not answered'] as const

/** Every seventh write, each in one of the three ways: another sample would do as well. */
const cases = Array.from({ length: 10 }, (_, i) => ({
  nth: 7 * i + 1,
  how: refusals[i % 3] ?? 'conflict',
}))

test.for(cases)(
  'write $nth: $how, and a good release is promoted all the same',
  async ({ nth, how }) => {
    const sandbox = await play({ nth, how }, '0.001')
    await sandbox.after(6)
    expect(await sandbox.said()).toBe('Healthy')
    expect(await sandbox.weights()).toBe('100/0')
    expect(await sandbox.world.cluster.list('ReplicaSet', 'shop')).toHaveLength(2)
  },
)

test.for(cases.slice(0, 6))(
  'write $nth: $how, and a bad release is rolled back all the same',
  async ({ nth, how }) => {
    const sandbox = await play({ nth: nth + 25, how }, '0.2')
    await sandbox.after(6)
    expect(await sandbox.said()).toMatch(/^Degraded RolloutAborted/)
    expect(await sandbox.weights()).toBe('100/0')
    expect(await sandbox.world.cluster.list('ReplicaSet', 'shop')).toHaveLength(2)
  },
)

type Case = { readonly nth: number; readonly how: (typeof refusals)[number] }

async function play({ nth, how }: Case, failureRatio: string): Promise<Sandbox> {
  const sandbox = await (await new Sandbox('9').start()).furnish()
  await sandbox.create('Rollout', 'web', rolloutSpec(steps), { 'haldane.dev/judge': 'default' })
  let written = 0
  const isIt = (by: string): boolean => {
    if (by === 'haldane') written += 1
    return written === nth && by === 'haldane'
  }
  sandbox.world.cluster.onWrite(
    how === 'done, but not answered'
      ? { after: ({ by }) => refuse(isIt(by), 'unavailable') }
      : { before: ({ by }) => refuse(isIt(by), how) },
  )
  await sandbox.after(1)
  await sandbox.push({ image: 'web:2', failureRatio })
  return sandbox
}

function refuse(itIs: boolean, code: 'conflict' | 'unavailable'): void {
  if (itIs) throw new PortError(code, 'as the test wants it')
}
