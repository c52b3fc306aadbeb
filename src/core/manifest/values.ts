/** Readers for values that people write in several ways. Arguments fill in text, so a number may come as text. Undefined when it is none. */
import { type Duration, parseDuration, type Share, share } from '../units.ts'

export function readNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined
}

/** `90s`, `1h30m`, or seconds. */
export function readDuration(value: unknown): Duration | undefined {
  if (typeof value !== 'number' && typeof value !== 'string') return undefined
  return parseDuration(String(value))
}

export function readTime(value: unknown): Duration | undefined {
  const duration = readDuration(value)
  return duration === undefined || duration === 0 ? undefined : duration
}

/** `1%` or, as a number, a share: `0.01`. From 50 % on it is taken for a mistake: who writes 1 means 1 %, not always. */
export function readRate(value: unknown): Share | undefined {
  const percent = typeof value === 'string' && value.endsWith('%')
  const amount = percent ? readNumber(value.slice(0, -1).trim()) : readNumber(value)
  if (amount === undefined) return undefined
  const rate = percent ? amount / 100 : amount
  return rate > 0 && rate < 0.5 ? share(rate) : undefined
}

/** Percentage points: `0.02` is the share 0.0002. */
export function readPoints(value: unknown): Share | undefined {
  const points = readNumber(value)
  return points !== undefined && points >= 0 && points <= 100 ? share(points / 100) : undefined
}

/** Where a metrics store is. */
export function readAddress(value: unknown): string | undefined {
  return typeof value === 'string' && /^https?:\/\/[^\s/]+/.test(value) ? value : undefined
}
