/** What the stable pods served before a release, as a list of pods with one number a block. */
import { isObject, type Json } from '../json.ts'
import type { GivenHistory, GivenPodHistory } from '../judge/block-case.ts'
import { childPath, type Fields, served } from './fields.ts'
import { type Check, isNumber, isThere } from './given-numbers.ts'

/** A day of 5-second blocks. */
const longestInBlocks = 17_280

const historyFields: Fields = { pod: served, requests: served, failures: served, buckets: served }

export function parseHistory(json: Json, seconds: number, check: Check): GivenHistory {
  if (!Array.isArray(json)) {
    check.refuse('history', 'must be a list with one object a stable pod')
    return { seconds, pods: [] }
  }
  const entries: readonly Json[] = json
  const pods = entries.map((entry, index) => parsePod(entry, `history[${index}]`, check))
  check.different(pods, 'history')
  return { seconds, pods }
}

const empty: GivenPodHistory = { requests: [], failures: [] }

function parsePod(json: Json, path: string, check: Check): GivenPodHistory {
  if (!isObject(json)) {
    check.refuse(path, 'must be an object with lists of requests and failures')
    return empty
  }
  check.names(json, historyFields, { noun: 'history', path })
  const { pod, buckets } = json
  const requests = row(json['requests'], `${path}.requests`, check)
  const failures = row(json['failures'], `${path}.failures`, check)
  fits(requests, failures, path, check)
  const answered = requests.map((count, k) => count - (failures[k] ?? 0))
  return {
    requests,
    failures,
    ...(isThere(pod) ? { pod: check.text(pod, `${path}.pod`) } : {}),
    ...(isThere(buckets) ? { buckets: bucketRows(buckets, answered, path, check) } : {}),
  }
}

function row(json: Json | undefined, path: string, check: Check): readonly number[] {
  if (!Array.isArray(json) || json.length > longestInBlocks) {
    check.refuse(path, `must be a list of at most ${longestInBlocks} counts, one a block`)
    return []
  }
  const entries: readonly Json[] = json
  const counts = entries.filter((value) => isNumber(value))
  if (counts.length === entries.length) return counts
  const index = entries.findIndex((value) => !isNumber(value))
  check.number(entries[index], `${path}[${index}]`, { what: 'a count' })
  return []
}

function fits(
  requests: readonly number[],
  failures: readonly number[],
  path: string,
  check: Check,
): void {
  if (failures.length !== requests.length)
    check.refuse(
      `${path}.failures`,
      `must be as long as requests (${requests.length}), is ${failures.length}`,
    )
  const index = failures.findIndex((count, k) => count > (requests[k] ?? count))
  if (index >= 0)
    check.refuse(
      `${path}.failures[${index}]`,
      `must be at most requests (${requests[index]}), is ${failures[index]}`,
    )
}

function bucketRows(
  json: Json,
  answered: readonly number[],
  path: string,
  check: Check,
): Readonly<Record<string, readonly number[]>> {
  const known = check.bounds(json, `${path}.buckets`).map(([bound, values]) => {
    const place = childPath(`${path}.buckets`, bound)
    const counts = row(values, place, check)
    if (counts.length !== answered.length)
      check.refuse(place, `must be as long as requests (${answered.length}), is ${counts.length}`)
    return [bound, counts] as const
  })
  const rows = known.at(-1)?.[0] === '+Inf' ? known : [...known, ['+Inf', answered] as const]
  for (let k = 0; k < answered.length && check.problems.length === 0; k++) {
    const at = rows.map(([bound, counts]) => [bound, counts[k] ?? 0] as const)
    check.rising(at, `${path}.buckets`)
  }
  return Object.fromEntries(rows)
}
