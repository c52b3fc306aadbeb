/** Numbers as people read them. Three figures say enough; a small share is never rounded to nothing. */
import { type Duration, durationText, milliseconds } from '../units.ts'

const spaced = 1000

/** `12,408`. */
export function countText(value: number): string {
  const digits = String(Math.round(value))
  return Math.abs(value) < spaced ? digits : digits.replaceAll(/\B(?=(?:\d{3})+$)/g, ',')
}

/** A share in percent: `19.7 %`, `3.1 %`, `0.12 %`, `0.004 %`. All and nothing are said only where they are meant. */
export function percentText(share: number): string {
  const percent = share * 100
  if (percent < 10) return `${figures(percent)} %`
  const tenths = percent < 100 ? Math.min(99.9, Number(percent.toFixed(1))) : percent
  return `${tenths} %`
}

/** Two figures that count, three from a hundred on: `0.0042`, `0.35`, `3.1`, `28`, `1,240`. */
export function figures(value: number): string {
  const size = Math.abs(value)
  if (size >= 10) return countText(value)
  if (size === 0) return '0'
  const decimals = size >= 1 ? 1 : 1 - Math.floor(Math.log10(size))
  return String(Number(value.toFixed(Math.min(decimals, 12))))
}

/** Evidence in nats: `5.3`, `-0.4`. */
export function natsText(value: number): string {
  return value.toFixed(1).replace(/^-0\.0$/, '0.0')
}

/** In whole seconds: `1h5m`, `0s`. */
export function lengthText(duration: Duration): string {
  const whole = Math.round(duration / spaced) * spaced
  return whole === 0 ? '0s' : durationText(milliseconds(whole))
}

/** `1 request`, `12,408 requests`. */
export function counted(value: number, one: string, many: string = `${one}s`): string {
  return `${countText(value)} ${value === 1 ? one : many}`
}

/** `▓▓▓▓▓░░░░░`: a part of a whole; more than the whole is the whole, less than nothing is nothing. */
export function bar(part: number, width: number): string {
  const filled = barLength(part, width)
  return '█'.repeat(filled) + '░'.repeat(width - filled)
}

/** Full only when the whole is reached, empty only when there is nothing. */
function barLength(part: number, width: number): number {
  if (!(part > 0)) return 0
  if (part >= 1) return width
  return Math.min(width - 1, Math.max(1, Math.round(part * width)))
}
