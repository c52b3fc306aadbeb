/** The smallest finite double for which `holds`, which must stay true from there on upwards; the largest one when there is none. */
export function smallestFloat(holds: (value: number) => boolean): number {
  let low = ordinalOf(-Number.MAX_VALUE)
  let high = ordinalOf(Number.MAX_VALUE)
  while (low < high) {
    const middle = (low + high) >> 1n
    if (holds(floatAt(middle))) high = middle
    else low = middle + 1n
  }
  return floatAt(low)
}

/** Doubles numbered in order of size: 0 is 0, neighbours differ by 1. */
function ordinalOf(value: number): bigint {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, Math.abs(value))
  const bits = view.getBigInt64(0)
  return value < 0 ? -bits : bits
}

function floatAt(ordinal: bigint): number {
  const view = new DataView(new ArrayBuffer(8))
  view.setBigInt64(0, ordinal < 0n ? -ordinal : ordinal)
  const size = view.getFloat64(0)
  return ordinal < 0n ? -size : size
}
