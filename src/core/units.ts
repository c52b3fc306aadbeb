/** Numbers that are never the same: each unit is a type of its own. The only place for type assertions. */

declare const unit: unique symbol
type Branded<T, Name extends string> = T & { readonly [unit]: Name }

/** Share of live traffic, in whole percent from 0 to 100. */
export type Weight = Branded<number, 'Weight'>

/** A moment, in milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = Branded<number, 'Instant'>

/** A length of time, in milliseconds; never negative. */
export type Duration = Branded<number, 'Duration'>

/** A part of a whole, from 0 to 1. */
export type Share = Branded<number, 'Share'>

/** The natural logarithm of an e-value. */
export type Nats = Branded<number, 'Nats'>

/** For weights that the programmer vouches for. Throws a RangeError outside 0..100 or for a fraction. */
export function weight(percent: number): Weight {
  if (!isWeight(percent))
    throw new RangeError(`a weight is a whole number from 0 to 100: ${percent}`)
  return percent
}

/** Whether a number from outside may stand as a weight. */
export function isWeight(percent: number): percent is Weight {
  return Number.isInteger(percent) && percent >= 0 && percent <= 100
}

/** Throws a RangeError for NaN and infinities. */
export function instant(value: number): Instant {
  if (!Number.isFinite(value)) throw new RangeError(`not a moment: ${value}`)
  return value as Instant
}

/** Throws a RangeError for a negative length, NaN and infinities. */
export function milliseconds(value: number): Duration {
  if (!Number.isFinite(value) || value < 0)
    throw new RangeError(`not a length of time: ${value} ms`)
  return value as Duration
}

export function seconds(value: number): Duration {
  return milliseconds(value * 1000)
}

export function minutes(value: number): Duration {
  return milliseconds(value * 60_000)
}

export function inSeconds(duration: Duration): number {
  return duration / 1000
}

/** Throws a RangeError outside 0..1. */
export function share(value: number): Share {
  if (!(value >= 0 && value <= 1)) throw new RangeError(`a share is between 0 and 1: ${value}`)
  return value as Share
}

export function nats(value: number): Nats {
  return value as Nats
}

export function plus(at: Instant, duration: Duration): Instant {
  return instant(at + duration)
}

export function minus(at: Instant, duration: Duration): Instant {
  return instant(at - duration)
}

/** From `earlier` to `later`; zero when a clock jumped back. */
export function between(earlier: Instant, later: Instant): Duration {
  return milliseconds(Math.max(0, later - earlier))
}

export function earliest(...instants: readonly (Instant | undefined)[]): Instant | undefined {
  const known = instants.filter((at) => at !== undefined)
  return known.length === 0 ? undefined : instant(Math.min(...known))
}

/** RFC 3339 in UTC with whole seconds, as Kubernetes writes it. */
export function timestamp(at: Instant): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`
}

/** Reads an RFC 3339 time; undefined when it is none. */
export function parseTimestamp(text: string): Instant | undefined {
  const value = Date.parse(text)
  return Number.isNaN(value) ? undefined : (value as Instant)
}

/** A Go duration such as `90s`, `1h30m`, `1.5m`, `100ms`; a number without a unit is seconds. Undefined when it is none. */
export function parseDuration(text: string): Duration | undefined {
  if (/^\d+$/.test(text)) return seconds(Number(text))
  if (!/^(?:\d+(?:\.\d+)?(?:ms|h|m|s))+$/.test(text)) return undefined
  const parts = text.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)
  return milliseconds(
    [...parts].reduce((sum, [, amount, name]) => sum + Number(amount) * unitOf(name), 0),
  )
}

function unitOf(name: string | undefined): number {
  const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }
  return units[name ?? ''] ?? 0
}

/** `90s` → `1m30s`, as Go prints it but without zero parts: `10m`, `1h5m`, `250ms`. */
export function durationText(duration: Duration): string {
  if (duration < 1000) return `${duration}ms`
  const whole = Math.round(duration / 1000)
  const parts = [
    [Math.floor(whole / 3600), 'h'],
    [Math.floor((whole % 3600) / 60), 'm'],
    [whole % 60, 's'],
  ] as const
  return parts.map(([amount, name]) => (amount > 0 ? `${amount}${name}` : '')).join('')
}
