/** Counts that people give, checked one by one: what is wrong is collected with its path, what is right comes back as it is. */
import { isObject, type Json, type JsonObject } from '../json.ts'
import type { Buckets } from '../judge/buckets.ts'
import { type Problem, problem } from '../result.ts'
import { childPath, type Fields, sift } from './fields.ts'
import { shown } from './shown.ts'

type Limits = { readonly what: string; readonly most?: number }

/** Beyond this the sum of two counts is no longer exact. */
const mostRequests = Number.MAX_SAFE_INTEGER

const count: Limits = { what: 'a count' }

/** What was refused comes back as zero or empty: the caller throws it away when there are problems. */
export class Check {
  readonly #problems: Problem[]

  constructor(problems: readonly Problem[] = []) {
    this.#problems = [...problems]
  }

  get problems(): readonly Problem[] {
    return this.#problems
  }

  refuse(path: string, message: string): void {
    this.#problems.push(problem(path, message))
  }

  names(
    json: JsonObject,
    fields: Fields,
    { noun, path }: { readonly noun: string; readonly path: string },
  ): void {
    for (const name in json) {
      if (!Object.hasOwn(fields, name)) {
        this.#problems.push(...sift(json, fields, noun, path).problems)
        return
      }
    }
  }

  /** From 0 up. */
  number(value: Json | undefined, path: string, { what, most = mostRequests }: Limits): number {
    if (isNumber(value, most)) return value
    const range = most === mostRequests ? 'from 0 up' : `from 0 to ${most}`
    this.refuse(
      path,
      isThere(value) ? `must be ${what} ${range}, is ${shown(value)}` : 'is required',
    )
    return 0
  }

  whole(value: Json | undefined, path: string): number {
    const number = this.number(value, path, count)
    if (!Number.isInteger(number)) this.refuse(path, `must be a whole number, is ${number}`)
    return number
  }

  text(value: Json | undefined, path: string): string {
    if (typeof value === 'string' && value !== '') return value
    this.refuse(path, `must be text that is not empty, is ${shown(value)}`)
    return ''
  }

  counts(json: JsonObject, path: string): { readonly requests: number; readonly failures: number } {
    const requests = this.number(json['requests'], `${path}.requests`, count)
    const failures = this.number(json['failures'], `${path}.failures`, count)
    if (isNumber(json['requests']) && failures > requests)
      this.refuse(`${path}.failures`, `must be at most requests (${requests}), is ${failures}`)
    return { requests, failures }
  }

  /** Bounds in milliseconds → cumulative counts. Without `+Inf` it is `all`: the requests that did not fail. */
  buckets(json: Json, path: string, all: number): Buckets {
    const fine = isObject(json) ? fineBuckets(json) : undefined
    if (fine !== undefined) return fine
    const counts = this.bounds(json, path).map(
      ([name, value]) => [name, this.number(value, childPath(path, name), count)] as const,
    )
    const found = counts.at(-1)?.[0] === '+Inf' ? counts : [...counts, ['+Inf', all] as const]
    this.rising(found, path)
    return new Map(found.map(([name, value]) => [boundOf(name), value]))
  }

  /** The entries of an object by rising bound, `+Inf` last. */
  bounds(json: Json, path: string): readonly (readonly [string, Json | undefined])[] {
    if (!isObject(json)) {
      this.refuse(path, `must be an object of bounds in milliseconds, is ${shown(json)}`)
      return []
    }
    const entries = Object.entries(json)
    const stranger = entries.find(([name]) => !isBound(name))
    if (stranger !== undefined)
      this.refuse(
        childPath(path, stranger[0]),
        'must be named by a bound in milliseconds, or "+Inf"',
      )
    return entries.toSorted(([a], [b]) => boundOf(a) - boundOf(b))
  }

  /** Each bound once, and no count below the one before. */
  rising(buckets: readonly (readonly [string, number])[], path: string): void {
    for (const [k, [name, value]] of buckets.entries()) {
      const below = buckets[k - 1]
      if (below === undefined) continue
      const [lower, before] = below
      if (boundOf(name) === boundOf(lower))
        this.refuse(childPath(path, name), `is the same bound as ${lower}; remove one of them`)
      if (value < before)
        this.refuse(
          childPath(path, name),
          `must be at least that of ${lower} (${before}), is ${value}; buckets are cumulative`,
        )
    }
  }

  /** One entry a pod. */
  different(pods: readonly { readonly pod?: string }[], path: string): void {
    const seen = new Set<string>()
    for (const [index, { pod }] of pods.entries()) {
      if (pod === undefined) continue
      if (seen.has(pod)) this.refuse(`${path}[${index}].pod`, `stands twice: ${shown(pod)}`)
      seen.add(pod)
    }
  }
}

/** From 0 up to `most`. */
export function isNumber(value: Json | undefined, most: number = mostRequests): value is number {
  return typeof value === 'number' && value >= 0 && value <= most
}

/** Nearly all buckets are fine as they stand, and there are millions: different bounds up to `+Inf`, rising counts. Undefined where they are not. */
function fineBuckets(json: JsonObject): Buckets | undefined {
  const buckets = new Map<number, number>()
  let names = 0
  for (const name in json) {
    const value = json[name]
    if (!isBound(name) || !isNumber(value)) return undefined
    buckets.set(boundOf(name), value)
    names += 1
  }
  return buckets.has(Infinity) && buckets.size === names && areRising(buckets) ? buckets : undefined
}

/** JavaScript has whole numbers first, whatever was written: 0.5 comes after 3600000. */
function areRising(buckets: Buckets): boolean {
  let before = 0
  for (const bound of Float64Array.from(buckets.keys()).toSorted()) {
    const within = buckets.get(bound) ?? 0
    if (within < before) return false
    before = within
  }
  return true
}

/** `null` counts as absent. */
export function isThere(value: Json | undefined): value is Json {
  return value !== undefined && value !== null
}

function isBound(name: string): boolean {
  return name === '+Inf' || /^\d+(\.\d+)?$/.test(name)
}

function boundOf(name: string): number {
  return name === '+Inf' ? Infinity : Number(name)
}
