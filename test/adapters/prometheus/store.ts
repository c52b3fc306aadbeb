/** The adapter against a scripted metrics store on loopback. */
import type { ServerResponse } from 'node:http'
import { onTestFinished } from 'vitest'
import { createMetrics, type MetricsOptions } from '../../../src/adapters/prometheus/metrics.ts'
import type { Reading } from '../../../src/core/judge/reading.ts'
import { instant, milliseconds, seconds } from '../../../src/core/units.ts'
import type { Window } from '../../../src/ports.ts'
import { type Loopback, startLoopback } from '../loopback.ts'

export const window: Window = { from: instant(0), to: instant(60_000), step: milliseconds(1500) }

export type Options = Partial<MetricsOptions>

export async function readFrom(
  answer: (response: ServerResponse) => void,
  options: Options = {},
): Promise<{ readonly reading: Reading; readonly server: Loopback }> {
  const server = await startLoopback((_, response) => answer(response))
  onTestFinished(() => server.stop())
  const metrics = createMetrics({ address: server.address, timeout: seconds(1), ...options })
  return { reading: await metrics.range('sum(up)', window), server }
}

export function matrix(result: readonly unknown[], beside: object = {}): object {
  return { status: 'success', data: { resultType: 'matrix', result }, ...beside }
}
