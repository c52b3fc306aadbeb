/** Sums of numbers that are known by their logarithms. Nothing overflows; an empty sum is -Infinity. */

/** A number so many nats smaller adds nothing that a float could hold. */
const tooFar = 40

/** log(e^a + e^b). */
export function logAddExp(a: number, b: number): number {
  const high = Math.max(a, b)
  const distance = Math.abs(a - b)
  return high === -Infinity || distance > tooFar ? high : high + Math.log1p(Math.exp(-distance))
}

/** log(sum of e^value). */
export function logSumExp(values: Float64Array | readonly number[]): number {
  let high = -Infinity
  for (const value of values) high = Math.max(high, value)
  if (high === -Infinity) return high
  let sum = 0
  for (const value of values) sum += Math.exp(value - high)
  return high + Math.log(sum)
}

/** log of the plain average of e^value: how e-values are combined. */
export function logMeanExp(values: Float64Array | readonly number[]): number {
  return logSumExp(values) - Math.log(values.length)
}
