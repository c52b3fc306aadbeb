/** Values of options, from text. What does not fit is refused with what would. */
import { InvalidArgumentError } from 'commander'
import { type Duration, parseDuration } from '../../core/units.ts'

export function readWhole(text: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value))
    throw new InvalidArgumentError('It must be a whole number, such as 7.')
  return value
}

export function readPort(text: string): number {
  const value = readWhole(text)
  if (value > 65_535) throw new InvalidArgumentError('It must be a port from 0 to 65535.')
  return value
}

export function readPositive(text: string): number {
  const value = Number(text)
  if (!Number.isFinite(value) || value <= 0)
    throw new InvalidArgumentError('It must be a number above 0, such as 30.')
  return value
}

export function readDuration(text: string): Duration {
  const value = parseDuration(text)
  if (value === undefined)
    throw new InvalidArgumentError('It must be a length of time, such as 15s or 2m.')
  return value
}

/** A block of no length would never end. */
export function readLength(text: string): Duration {
  const value = readDuration(text)
  if (value === 0) throw new InvalidArgumentError('It must be longer than nothing, such as 15s.')
  return value
}

export function readUrl(text: string): string {
  const url = URL.parse(text)
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    throw new InvalidArgumentError('It must be an address, such as http://prometheus:9090.')
  return text
}
