/**
 * What a release went through, kept on its ReplicaSet as a small annotation: it lives as long as the revision and survives a restart.
 * The report's timeline is made from it.
 */
import { type Json, listAt, numberAt, parseJson, textAt } from '../json.ts'
import { type Instant, isWeight, parseTimestamp, timestamp, type Weight } from '../units.ts'
import { noTraffic } from './counts.ts'

/** From `at` on the release was at this step and asked for this weight. */
export type Station = {
  readonly at: Instant
  /** Index of the step; the number of steps when all are done. */
  readonly step: number
  readonly asked: Weight
  readonly stage: 'stepping' | 'promoting' | 'promoted' | 'aborted'
  /** Why it ended, where it ended. */
  readonly because: string | undefined
}

export type Journal = {
  readonly revision: number
  /** When the release began; evidence counts from here. */
  readonly startedAt: Instant
  readonly stations: readonly Station[]
}

/** A release that goes on for longer than this many stations keeps its first and its newest ones. */
const mostStations = 100

export function beginJournal(revision: number, startedAt: Instant): Journal {
  return { revision, startedAt, stations: [] }
}

/** The journal with one station more; the same journal when nothing changed since the last one. */
export function note(journal: Journal, station: Station): Journal {
  const last = journal.stations.at(-1)
  if (last !== undefined && isSame(last, station)) return journal
  const kept =
    journal.stations.length < mostStations
      ? journal.stations
      : [journal.stations.slice(0, 1), journal.stations.slice(2)].flat()
  return { ...journal, stations: [...kept, station] }
}

/** An end is noted once, wherever the index stands afterwards. */
function isSame(last: Station, { stage, step, asked }: Station): boolean {
  const isEnd = stage === 'promoted' || stage === 'aborted'
  return last.stage === stage && (isEnd || (last.step === step && last.asked === asked))
}

export function journalText({ revision, startedAt, stations }: Journal): string {
  return JSON.stringify({
    revision,
    startedAt: timestamp(startedAt),
    stations: stations.map(({ at, ...station }) => ({ at: timestamp(at), ...station })),
  })
}

/** Undefined when the annotation is absent or not ours to read. */
export function parseJournal(text: string | undefined): Journal | undefined {
  const json = parseJson(text)
  const startedAt = parseTimestamp(textAt(json, 'startedAt') ?? '')
  const revision = numberAt(json, 'revision')
  if (startedAt === undefined || revision === undefined) return undefined
  return { revision, startedAt, stations: listAt(json, 'stations').flatMap(parseStation) }
}

function parseStation(json: Json): readonly Station[] {
  const at = parseTimestamp(textAt(json, 'at') ?? '')
  const step = numberAt(json, 'step')
  const asked = numberAt(json, 'asked') ?? noTraffic
  const stage = (['stepping', 'promoting', 'promoted', 'aborted'] as const).find(
    (known) => known === textAt(json, 'stage'),
  )
  if (at === undefined || step === undefined || stage === undefined || !isWeight(asked)) return []
  return [{ at, step, asked, stage, because: textAt(json, 'because') }]
}
