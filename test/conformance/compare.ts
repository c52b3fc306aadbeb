/** Two traces of one scenario, fact by fact. */
import { alignment } from './alignment.ts'
import type { Difference, Differences } from './differences.ts'
import type { Fact, Facts } from './facts.ts'
import type { Trace } from './trace.ts'

export type Found = {
  readonly scenario: string
  readonly station: string
  readonly fact: string
  readonly argo: Fact | undefined
  readonly ours: Fact | undefined
}

export type Comparison = {
  readonly scenario: string
  readonly same: number
  /** Differences that stand in `differences.md`, each with its entry. */
  readonly better: readonly { readonly found: Found; readonly listed: Difference }[]
  readonly differs: readonly Found[]
}

export function compare(argo: Trace, ours: Trace, listed: Differences): Comparison {
  const stations = argo.stations.map(({ station, facts }, index) => {
    const own = ours.stations[index]
    const there = own?.station === station ? own.facts : { missed: 'not reached' }
    return compareFacts({ scenario: argo.scenario, station }, facts, there)
  })
  const found = stations.flatMap((station) => station.found)
  const judged = found.map((each) => ({ found: each, listed: listed.find(each) }))
  return {
    scenario: argo.scenario,
    same: stations.reduce((sum, station) => sum + station.same, 0),
    better: judged.flatMap(({ found: each, listed: entry }) =>
      entry === undefined ? [] : [{ found: each, listed: entry }],
    ),
    differs: judged.flatMap(({ found: each, listed: entry }) =>
      entry === undefined ? [each] : [],
    ),
  }
}

type StationComparison = { readonly same: number; readonly found: readonly Found[] }

type Place = Pick<Found, 'scenario' | 'station'>

function compareFacts(place: Place, argo: Facts, ours: Facts): StationComparison {
  // A station that did not come says one thing, not everything that would have been there.
  if (ours['missed'] !== undefined && argo['missed'] === undefined)
    return { same: 0, found: [{ ...place, fact: 'missed', argo: undefined, ours: stoodAt(ours) }] }
  const keys = [...new Set([...Object.keys(argo), ...Object.keys(ours)])]
  const compared = keys.filter((key) => key !== 'events')
  const found = compared
    .filter((key) => argo[key] !== ours[key])
    .map((fact) => ({ ...place, fact, argo: argo[fact], ours: ours[fact] }))
  const events = compareEvents(place, argo, ours)
  return {
    same: compared.length - found.length + events.same,
    found: [...found, ...events.found],
  }
}

/** An event that only one side tells at this point of the story is one difference; one that the other tells earlier or later is one, too. */
function compareEvents(place: Place, argo: Facts, ours: Facts): StationComparison {
  const steps = alignment(eventsOf(argo), eventsOf(ours))
  const only = (side: 'argo' | 'ours'): readonly string[] =>
    steps.filter((step) => step.side === side).map(({ event }) => event)
  const [argos, own] = [only('argo'), only('ours')]
  const moved = common(argos, own)
  const found = (
    events: readonly string[],
    tells: Pick<Found, 'argo' | 'ours'>,
  ): readonly Found[] => events.map((event) => ({ ...place, fact: `event ${event}`, ...tells }))
  return {
    same: steps.filter(({ side }) => side === 'both').length,
    found: [
      ...found(without(argos, moved), { argo: 'told', ours: undefined }),
      ...found(moved, { argo: 'told', ours: 'told at another time' }),
      ...found(without(own, moved), { argo: undefined, ours: 'told' }),
    ],
  }
}

/** What both lists hold, as often as both hold it. */
function common(some: readonly string[], others: readonly string[]): readonly string[] {
  return some.filter(
    (event, index) =>
      some.slice(0, index).filter((each) => each === event).length <
      others.filter((each) => each === event).length,
  )
}

function without(events: readonly string[], some: readonly string[]): readonly string[] {
  return some.reduce<readonly string[]>((left, event) => {
    const index = left.indexOf(event)
    return index < 0 ? left : left.toSpliced(index, 1)
  }, events)
}

function eventsOf(facts: Facts): readonly string[] {
  return String(facts['events'] ?? '')
    .split(', ')
    .filter(Boolean)
}

function stoodAt(facts: Facts): string {
  const { missed, phase, message, step, replicas } = facts
  return `${missed}; stood at ${[phase, message].filter(Boolean).join(' ')}, step ${step ?? '-'}, ${replicas ?? 0} pods`
}

/** Whether a station looks as it should, differences that are meant aside. */
export function isExpected(
  argo: Trace,
  listed: Differences,
): (station: string, facts: Facts) => boolean {
  return (station, facts) => {
    const there = argo.stations.find((each) => each.station === station)
    if (there === undefined) return true
    const place = { scenario: argo.scenario, station }
    return compareFacts(place, there.facts, facts).found.every((found) => listed.find(found))
  }
}
