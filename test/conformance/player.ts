/** Plays a scenario in a world and records what is seen at each station. */
import type { JsonObject } from '../../src/core/json.ts'
import { carryOut } from './acts.ts'
import type { Face } from './face.ts'
import { type Facts, factsOf } from './facts.ts'
import type { Act, Scenario, Station } from './scenario.ts'
import type { StationTrace, Trace } from './trace.ts'

export type Patience = {
  /** For a station to come at all. */
  readonly arrival: number
  /** How long nothing may move before a station is recorded. */
  readonly quiet: number
  /** How long a quiet station that is not yet as expected is watched further. */
  readonly longer: number
}

export type Expected = (station: string, facts: Facts) => boolean

/** What `missed` says of a station at which something goes on and on. */
export const restless = 'never comes to rest'

/** A station that does not come is recorded as it then stands, with the fact `missed`, and ends the play. */
export async function play(
  scenario: Scenario,
  face: Face,
  patience: Patience,
  asExpected: Expected = () => true,
): Promise<Trace> {
  const stations: StationTrace[] = []
  let told = 0
  for (const object of scenario.objects) await face.apply(object)
  for (const act of scenario.play) {
    if (!isStation(act)) {
      await carryOut(act, face)
      continue
    }
    const facts = await reach(act, face, patience, (seen) =>
      asExpected(act.name, withEvents(seen, face.events(), told)),
    )
    if (act.act === 'until' && facts['missed'] === undefined) continue
    stations.push({ station: act.name, facts: withEvents(facts, face.events(), told) })
    told = face.events().length
    if (facts['missed'] !== undefined) break
  }
  return { scenario: scenario.name, stations }
}

function isStation(act: Act): act is Station {
  return act.act === 'station' || act.act === 'until'
}

function withEvents(facts: Facts, events: readonly string[], told: number): Facts {
  return { ...facts, events: withoutEcho(events.slice(told)).join(', ') }
}

/** What is told three times in a row and more was told as often as there was time for. */
function withoutEcho(events: readonly string[]): readonly string[] {
  return events.flatMap((event, index): readonly string[] => {
    const isRun = [0, 1, 2].some((from) =>
      [0, 1, 2].every((at) => events[index - from + at] === event),
    )
    if (!isRun) return [event]
    return events[index - 1] === event ? [] : [`${event} again and again`]
  })
}

async function reach(
  station: Station,
  face: Face,
  patience: Patience,
  asExpected: (facts: Facts) => boolean,
): Promise<Facts> {
  const begun = face.now()
  let seen = ''
  let since = begun
  for (;;) {
    const facts = folded(factsOf(await face.snapshot()), face.namespace)
    const now = face.now()
    const text = JSON.stringify([facts, face.events().length])
    if (text !== seen) since = now
    seen = text
    const times = { waited: now - begun, rested: now - since }
    if (arrived(station, facts)) {
      if (station.act === 'until' || isOver(times, patience, () => asExpected(facts))) return facts
    }
    const missed = whyMissed(station, facts, times, patience)
    if (missed !== undefined) return { ...facts, missed }
    await face.breathe()
  }
}

/** In milliseconds: since the station is waited for, and since something moved. */
type Times = { readonly waited: number; readonly rested: number }

function isOver(
  { rested }: Times,
  { quiet, longer }: Patience,
  asExpected: () => boolean,
): boolean {
  return rested >= quiet && (rested >= longer || asExpected())
}

function whyMissed(
  station: Station,
  facts: Facts,
  { waited, rested }: Times,
  { arrival, quiet }: Patience,
): string | undefined {
  if (waited >= 1.5 * arrival) return restless
  const isLate = waited >= arrival && rested >= quiet
  if (!isLate || arrived(station, facts)) return undefined
  return `${station.said.source} ${JSON.stringify(wantedText(station))}`
}

function wantedText({ facts }: Station): JsonObject {
  const texts = Object.entries(facts).map(
    ([key, value]) => [key, value instanceof RegExp ? value.source : value] as const,
  )
  return Object.fromEntries(texts)
}

function arrived({ said, facts: wanted }: Station, facts: Facts): boolean {
  const phase = [facts['phase'], facts['message']].filter((part) => part !== undefined).join(' ')
  if (facts['observed'] !== true || !said.test(phase)) return false
  return Object.entries(wanted).every(([key, value]) => {
    const found = facts[key]
    return value instanceof RegExp ? value.test(String(found)) : found === value
  })
}

function folded(facts: Facts, namespace: string): Facts {
  const pairs = Object.entries(facts).map(
    ([key, value]) =>
      [key, typeof value === 'string' ? value.replaceAll(namespace, 'NAMESPACE') : value] as const,
  )
  return Object.fromEntries(pairs)
}
