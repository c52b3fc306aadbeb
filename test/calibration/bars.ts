/** What the judge must reach. A bar is missed when the measured number is beyond it, broken when chance does not explain that. */
import type { Cell, Group } from './cell.ts'
import type { ContestantName } from './contestants.ts'
import { type Measured, quantileTime, rateOf, type Tally } from './tally.ts'

export type Bar = {
  readonly name: string
  readonly limit: string
  /** All cells that it speaks of; the worst counts. */
  readonly isAbout: (cell: Cell) => boolean
  readonly contestants: readonly ContestantName[]
  readonly measure: Measure
}

type Measure =
  /** The share of releases in which it spoke. */
  | { readonly kind: 'rate'; readonly atMost: number }
  /** The median time until it spoke, in seconds. */
  | { readonly kind: 'median'; readonly atMost: number }

export type Ruling = {
  readonly bar: Bar
  /** The worst cell; undefined where the run had none. */
  readonly worst: Found | undefined
  readonly standing: 'met' | 'missed' | 'broken' | 'not measured'
}

export type Found = { readonly cell: Cell; readonly tally: Tally; readonly value: number }

const both: readonly ContestantName[] = ['Haldane 5 s', 'Haldane 15 s']
const untaught: readonly ContestantName[] = ['Haldane 5 s, no history', 'Haldane 15 s, no history']

/** Issue 6, then what goes beyond it in spec §10. */
export const bars: readonly Bar[] = [
  {
    name: 'false rollback, worst cell over all worlds and rates',
    limit: '≤ 1 %',
    isAbout: ({ group }) => group.startsWith('false rollback'),
    contestants: [...both, ...untaught],
    measure: { kind: 'rate', atMost: 0.01 },
  },
  {
    name: 'false rollback, clean and shared-incident worlds',
    limit: '≤ 0.5 %',
    isAbout: ({ group, scenario }) =>
      group.startsWith('false rollback') && ['clean', 'shared'].includes(scenario.world.name),
    contestants: [...both, ...untaught],
    measure: { kind: 'rate', atMost: 0.005 },
  },
  found('uneven 0.7, 0.1 → 3 %, 500 rps, 5 %', { world: 'uneven 0.7', to: 0.03 }, 160),
  found('0.1 → 1 %, 500 rps, 5 %, 5-s blocks', { to: 0.01 }, 40, ['Haldane 5 s']),
  found('0.1 → 1 %, 500 rps, 5 %, 15-s blocks', { to: 0.01 }, 75, ['Haldane 15 s']),
  found('total failure, 50 rps and more, 5-s blocks', { to: 1, rps: [50, 500, 5000] }, 15, [
    'Haldane 5 s',
  ]),
  found('total failure, 50 rps and more, 15-s blocks', { to: 1, rps: [50, 500, 5000] }, 45, [
    'Haldane 15 s',
  ]),
  slower('everything +25 %, 500 rps, 5 %', 'everything +25 %', 45),
  slower('everything +10 %, 500 rps, 5 %', 'everything +10 %', 300),
  slower('2 % of requests +1 s, 500 rps, 5 %', '2 % of requests +1 s', 45),
  {
    name: 'proof that a good canary is no worse, margin 0.5 points, 500 rps, 5 %',
    limit: 'median ≤ 60 s',
    isAbout: ({ group, scenario }) =>
      group === 'pass' && isPlain(scenario.world) && scenario.rps === 500,
    contestants: ['proof 5 s', 'proof 15 s'],
    measure: { kind: 'median', atMost: 60 },
  },
  {
    name: 'false pass at exactly the margin',
    limit: '≤ 5 %',
    isAbout: ({ group }) => group === 'false pass',
    contestants: ['evidence 15 s', 'verdict 5 s', 'verdict 15 s'],
    measure: { kind: 'rate', atMost: 0.05 },
  },
  found('0.1 → 0.5 %, 500 rps, 5 %', { to: 0.005 }, 150),
  found('1 → 5 %, 50 rps, 5 %', { from: 0.01, to: 0.05, rps: [50] }, 180),
  found('total failure, 5 rps, 5 %', { to: 1, rps: [5] }, 60),
  found('podburst, 0.1 → 1 %, 500 rps, 5 %', { world: 'podburst', to: 0.01 }, 180),
]

export function rulings(measured: readonly Measured[]): readonly Ruling[] {
  return [...bars, ...lateOnset(measured)].map((bar) => rule(bar, measured))
}

/** The limit is twice what was measured for a canary that is bad from the start. */
function lateOnset(measured: readonly Measured[]): readonly Bar[] {
  return both.flatMap((contestant) => {
    const early = findingsOf(found('', { to: 0.01 }, 0, [contestant]), measured)[0]?.value
    if (early === undefined) return []
    return [
      {
        name: `${contestant}: 0.1 → 1 % from 15 min on, 500 rps, 5 %`,
        limit: `median ≤ 2 × ${early} s`,
        isAbout: ({ group, scenario }: Cell) =>
          group === 'late onset' &&
          scenario.regression.onset === 900 &&
          scenario.regression.ratio === 0.01,
        contestants: [contestant],
        measure: { kind: 'median' as const, atMost: 2 * early },
      },
    ]
  })
}

type Change = {
  readonly world?: string
  readonly from?: number
  readonly to: number
  readonly rps?: readonly number[]
}

function found(
  name: string,
  { world = 'clean', from = 0.001, to, rps = [500] }: Change,
  seconds: number,
  contestants: readonly ContestantName[] = both,
): Bar {
  const isAbout = ({ group, scenario, routeName }: Cell): boolean =>
    group === 'detection' &&
    scenario.world.name === world &&
    routeName === '5 %' &&
    scenario.ratio === from &&
    scenario.regression.ratio === to &&
    rps.includes(scenario.rps)
  const measure = { kind: 'median' as const, atMost: seconds }
  return { name, limit: `median ≤ ${seconds} s`, isAbout, contestants, measure }
}

function slower(name: string, regression: string, seconds: number): Bar {
  const group: Group = 'detection, latency'
  return {
    name,
    limit: `median ≤ ${seconds} s`,
    isAbout: (cell) =>
      cell.group === group &&
      cell.scenario.world.name === 'clean' &&
      cell.scenario.rps === 500 &&
      cell.scenario.regression.name === regression,
    contestants: both,
    measure: { kind: 'median', atMost: seconds },
  }
}

function isPlain({ name, latency }: Cell['scenario']['world']): boolean {
  return name === 'clean' && latency === undefined
}

function rule(bar: Bar, measured: readonly Measured[]): Ruling {
  const findings = findingsOf(bar, measured)
  const [worst] = findings.toSorted((a, b) => b.value - a.value)
  const { atMost } = bar.measure
  const isMissed = findings.some(({ value }) => value > atMost)
  const isBroken = findings.some((each) => isBeyondChance(bar, each))
  if (worst === undefined) return { bar, worst, standing: 'not measured' }
  return { bar, worst, standing: isBroken ? 'broken' : isMissed ? 'missed' : 'met' }
}

function findingsOf(bar: Bar, measured: readonly Measured[]): readonly Found[] {
  return measured
    .filter(({ cell }) => bar.isAbout(cell))
    .flatMap(({ cell, tallies }) =>
      tallies
        .filter(({ contestant }) => bar.contestants.includes(contestant))
        .map((tally) => ({ cell, tally, value: valueOf(bar.measure, tally) })),
    )
}

function valueOf({ kind }: Measure, tally: Tally): number {
  return kind === 'rate' ? rateOf(tally) : quantileTime(tally, 0.5)
}

/** Whether so many releases on the wrong side would be seen in less than one calibration of ten thousand, were the bar just met. */
function isBeyondChance({ measure }: Bar, { tally }: Found): boolean {
  const slow = tally.times.filter((time) => time > measure.atMost).length
  return measure.kind === 'rate'
    ? atLeast(tally.spoke, tally.runs, measure.atMost) < 1e-4
    : atLeast(slow, tally.times.length, 0.5) < 1e-4
}

/** The probability of at least `count` successes in `trials`. */
export function atLeast(count: number, trials: number, chance: number): number {
  let term = trials * Math.log1p(-chance)
  let below = 0
  for (let k = 0; k < count; k++) {
    below += Math.exp(term)
    term += Math.log((trials - k) / (k + 1)) + Math.log(chance / (1 - chance))
  }
  return Math.max(0, 1 - below)
}
