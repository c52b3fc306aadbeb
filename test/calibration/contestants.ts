/** Who watches: our judge at both block lengths, and the rules that users have today. */
import type { Contestant } from './contestant.ts'
import {
  every5Minutes,
  failuresAlone,
  Kayenta,
  latencyQuantiles,
  onceAt30Minutes,
} from './kayenta.ts'
import { type OurPlan, Ours } from './ours.ts'
import { type Asked, Pass } from './pass.ts'
import { plainOnFailures, plainOnLatency } from './plain-ratio.ts'
import { argoLimit, flaggerLimit, p99Above, succeedsBelow, Threshold } from './thresholds.ts'

/** Their names are those of the columns. `proof`, `verdict` and `evidence` are what `pass.ts` says. */
export type ContestantName =
  | 'Haldane 5 s'
  | 'Haldane 15 s'
  | 'Haldane 5 s, no history'
  | 'Haldane 15 s, no history'
  | 'proof 5 s'
  | 'proof 15 s'
  | 'verdict 5 s'
  | 'verdict 15 s'
  | 'evidence 5 s'
  | 'evidence 15 s'
  | 'plain ratio'
  | 'Argo 99 %'
  | 'Argo 95 %'
  | 'Flagger 99 %'
  | 'Flagger p99 > 500 ms'
  | 'p99 > 250 ms'
  | 'Kayenta once'
  | 'Kayenta every 5 min'

/** What our judge is told before the release; `hasDurations` chooses what the others measure. */
export type Given = Pick<OurPlan, 'warmup' | 'past'> & { readonly hasDurations: boolean }

export function contestant(name: ContestantName, given: Given): Contestant {
  return makers[name](given)
}

type Maker = (given: Given) => Contestant

const makers: Readonly<Record<ContestantName, Maker>> = {
  'Haldane 5 s': judging(5),
  'Haldane 15 s': judging(15),
  'Haldane 5 s, no history': (given) => judging(5)({ ...given, past: undefined }),
  'Haldane 15 s, no history': (given) => judging(15)({ ...given, past: undefined }),
  'proof 5 s': passing(5, 'proof'),
  'proof 15 s': passing(15, 'proof'),
  'verdict 5 s': passing(5, 'verdict'),
  'verdict 15 s': passing(15, 'verdict'),
  'evidence 5 s': passing(5, 'evidence'),
  'evidence 15 s': passing(15, 'evidence'),
  'plain ratio': ({ hasDurations }) => (hasDurations ? plainOnLatency() : plainOnFailures()),
  'Argo 99 %': () => new Threshold({ isBad: succeedsBelow(99), limit: argoLimit }),
  'Argo 95 %': () => new Threshold({ isBad: succeedsBelow(95), limit: argoLimit }),
  'Flagger 99 %': () => new Threshold({ isBad: succeedsBelow(99), limit: flaggerLimit }),
  'Flagger p99 > 500 ms': () => new Threshold({ isBad: p99Above(500), limit: flaggerLimit }),
  'p99 > 250 ms': () => new Threshold({ isBad: p99Above(250), limit: flaggerLimit }),
  'Kayenta once': (given) =>
    new Kayenta({ measures: measuresFor(given), looksAt: onceAt30Minutes }),
  'Kayenta every 5 min': (given) =>
    new Kayenta({ measures: measuresFor(given), looksAt: every5Minutes }),
}

function judging(block: number): Maker {
  return ({ warmup, past }) => new Ours({ block, warmup, past })
}

function passing(block: number, asked: Asked): Maker {
  return ({ warmup, past }) => new Pass({ block, warmup, past }, asked)
}

function measuresFor({ hasDurations }: Given): ReturnType<typeof failuresAlone> {
  return hasDurations ? latencyQuantiles() : failuresAlone()
}
