/** An exact amount: mantissa × 10^exponent. */
type Amount = { readonly mantissa: bigint; readonly exponent: number }

/** How an amount was written, and so how it is written again. */
type Format = 'decimal' | 'binary' | 'exponent'

type Suffix = { readonly format: Format; readonly power: number }

type Written = {
  readonly text: string
  readonly negative: boolean
  readonly hasDigits: boolean
  /** Without leading zeros, yet never empty. */
  readonly whole: string
  readonly fraction: string
  readonly suffix: Suffix
}

const decimalPowers: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
}
const binaryPowers: Readonly<Record<string, number>> = {
  Ki: 10,
  Mi: 20,
  Gi: 30,
  Ti: 40,
  Pi: 50,
  Ei: 60,
}
const largest = 2n ** 63n - 1n
const smallestPower = -9

/**
 * A Kubernetes quantity as Go's resource.Quantity writes it after reading it: `1000m` → `1`,
 * `1024Mi` → `1Gi`, `1.5` → `1500m`. Undefined for what Go refuses to read.
 *
 * Go has a short way for small numbers that keeps some texts as they are (`1.500`, `+1`), and gives
 * no suffix beyond `E`. Both are kept here, since the result goes into hashes.
 */
export function canonicalQuantity(text: string): string | undefined {
  const written = scan(text.trim())
  if (written === undefined) return undefined
  const short = shortWay(written)
  if (short !== undefined) return isKept(written, short) ? written.text : print(short, written)
  if (!written.hasDigits) return undefined
  return print(bounded(exact(written), written.suffix.format), written)
}

function scan(text: string): Written | undefined {
  const unit = text.replace(/^[+-]?\d*(?:\.\d*)?/, '')
  const number = text.slice(0, text.length - unit.length)
  const [whole = '', fraction = ''] = number.replace(/^[+-]/, '').split('.')
  const suffix = suffixOf(unit)
  if (text === '' || suffix === undefined) return undefined
  return {
    text,
    negative: text.startsWith('-'),
    hasDigits: /\d/.test(number),
    whole: whole.replace(/^0+/, '') || '0',
    fraction,
    suffix,
  }
}

function suffixOf(text: string): Suffix | undefined {
  const decimal = decimalPowers[text]
  if (decimal !== undefined) return { format: 'decimal', power: decimal }
  const binary = binaryPowers[text]
  if (binary !== undefined) return { format: 'binary', power: binary }
  const power = Number(/^[eE]([+-]?\d+)$/.exec(text)?.[1])
  return Number.isSafeInteger(power) ? { format: 'exponent', power } : undefined
}

/** The amount, where it is so short that Go reads it without big numbers. */
function shortWay(written: Written): Amount | undefined {
  const { suffix, fraction } = written
  const digits = written.whole + fraction
  if (suffix.format !== 'binary') {
    const exponent = suffix.power - fraction.length
    const fits = digits.length <= 18 && exponent >= smallestPower
    return fits ? signed(written, BigInt(digits), exponent) : undefined
  }
  const room = 14 - digits.length - Math.floor((suffix.power * 3) / 10)
  if (fraction !== '' || room < 0) return undefined
  return signed(written, BigInt(digits) << BigInt(suffix.power), 0)
}

/** Go keeps the text of what it takes for canonical already. */
function isKept({ whole, fraction, suffix }: Written, { exponent }: Amount): boolean {
  const digits = whole + fraction
  if (suffix.format === 'binary') return BigInt(digits) % 8n !== 0n
  return exponent % 3 === 0 && !digits.endsWith('000') && !digits.startsWith('0')
}

function exact(written: Written): Amount {
  const { suffix, fraction } = written
  const digits = BigInt(written.whole + fraction)
  if (suffix.format === 'binary')
    return signed(written, digits << BigInt(suffix.power), -fraction.length)
  return signed(written, digits, suffix.power - fraction.length)
}

function signed({ negative }: Written, magnitude: bigint, exponent: number): Amount {
  return { mantissa: negative ? -magnitude : magnitude, exponent }
}

/** No finer than 1n, rounded away from zero; binary amounts at most 2^63-1. */
function bounded(amount: Amount, format: Format): Amount {
  const { mantissa, exponent } = scaledUp(amount, smallestPower)
  const magnitude = mantissa < 0n ? -mantissa : mantissa
  if (format !== 'binary' || magnitude <= largest * 10n ** BigInt(-exponent))
    return { mantissa, exponent }
  return { mantissa: mantissa < 0n ? -largest : largest, exponent: 0 }
}

/** The same amount with an exponent of at least `power`, rounded away from zero. */
function scaledUp(amount: Amount, power: number): Amount {
  const places = power - amount.exponent
  if (places <= 0) return amount
  const sign = amount.mantissa < 0n ? -1n : 1n
  const magnitude = sign * amount.mantissa
  if (places > String(magnitude).length)
    return { mantissa: magnitude === 0n ? 0n : sign, exponent: power }
  const divisor = 10n ** BigInt(places)
  return { mantissa: sign * ((magnitude + divisor - 1n) / divisor), exponent: power }
}

function print(amount: Amount, { suffix: { format } }: Written): string {
  if (amount.mantissa === 0n) return '0'
  if (format !== 'binary') return printDecimal(amount, format)
  const whole = wholeNumber(amount)
  if (whole === undefined || (whole > -1024n && whole < 1024n))
    return printDecimal(amount, 'decimal')
  return printBinary(whole)
}

function wholeNumber(amount: Amount): bigint | undefined {
  const { mantissa, exponent } = withoutFactor(amount, 10n, 1)
  return exponent < 0 ? undefined : mantissa * 10n ** BigInt(exponent)
}

function printBinary(whole: bigint): string {
  const { mantissa, exponent } = withoutFactor({ mantissa: whole, exponent: 0 }, 1024n, 10)
  return `${mantissa}${suffixFor(binaryPowers, exponent)}`
}

function printDecimal(amount: Amount, format: 'decimal' | 'exponent'): string {
  const { mantissa, exponent } = withoutFactor(amount, 10n, 1)
  const surplus = ((exponent % 3) + 3) % 3
  const power = exponent - surplus
  const digits = mantissa * 10n ** BigInt(surplus)
  if (format === 'decimal') return `${digits}${suffixFor(decimalPowers, power)}`
  return power === 0 ? `${digits}` : `${digits}e${power}`
}

function withoutFactor(amount: Amount, factor: bigint, power: number): Amount {
  let { mantissa, exponent } = amount
  while (mantissa !== 0n && mantissa % factor === 0n) {
    mantissa /= factor
    exponent += power
  }
  return { mantissa, exponent }
}

function suffixFor(powers: Readonly<Record<string, number>>, power: number): string {
  return Object.keys(powers).find((suffix) => powers[suffix] === power) ?? ''
}
