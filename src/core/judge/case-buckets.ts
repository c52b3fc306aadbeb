/** How long requests took, as a case hears it: buckets, and the versions of the proxies that filled them. */
import { type Instant, minus } from '../units.ts'
import type { Case, Heard } from './case.ts'
import { type Look, looksOf } from './looks.ts'
import { after, countDifferently, versionsIn } from './proxies.ts'
import type { Reading } from './reading.ts'
import { troubleIn } from './trouble.ts'
import type { TroubleReason } from './verdict.ts'

/** Heard at the instants that are in the evidence, so that both grow together. What was not answered wholly is asked again. */
export function hearBuckets(open: Case, { window, buckets, proxies }: Heard): void {
  if (buckets === undefined) return
  const { state } = open
  state.bucketTrouble = troubleOf(buckets, proxies)
  if (state.bucketTrouble !== undefined) {
    state.bucketsUntil ??= minus(window.from, open.settings.block)
    return
  }
  const versions = versionsIn(seriesOf(proxies), open.trial)
  for (const look of looksOf(seriesOf(buckets), window)) {
    if (!isDue(look.at, open)) continue
    state.versions = after(state.versions, versions.get(look.at))
    advance(open, look)
  }
}

/** Nothing is compared that the proxies of the two sides count differently. */
function advance({ buckets, judgement, state }: Case, look: Look): void {
  const block = buckets.advance(look)
  if (block !== undefined && !countDifferently(state.versions)) judgement.addLatency(block)
  state.bucketsUntil = look.at
}

function troubleOf(buckets: Reading, proxies: Reading | undefined): TroubleReason | undefined {
  return troubleIn(buckets) ?? (proxies && troubleIn(proxies))
}

function isDue(at: Instant, { state: { heardUntil, bucketsUntil } }: Case): boolean {
  return heardUntil !== undefined && at <= heardUntil && at > (bucketsUntil ?? -Infinity)
}

function seriesOf(reading: Reading | undefined): Extract<Reading, { kind: 'series' }>['series'] {
  return reading?.kind === 'series' ? reading.series : []
}
