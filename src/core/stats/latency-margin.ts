/**
 * "Five percent slower is fine", said in shares of requests.
 *
 * Which share of requests may be slower than a bound: as many as the stable side itself has above the bound divided by 1 + shift. Between bounds log P(slower)
 * runs straight in log(bound); below the first bound, from certainty at a twentieth of it. Source: spec/statistics §4.2; vectors in fixtures/statistics.
 */

const leastShare = 1e-7
/** The point of certainty lies this far below the first bound, in log(bound). */
const reach = 3

/** For each of the rising `bounds` how much larger the share of slower requests may be. `slow` are the stable side's shares. */
export function latencyMargins(
  bounds: readonly number[],
  slow: readonly number[],
  shift: number,
): readonly number[] {
  const [first = 1] = bounds
  const places = [Math.log(first) - reach, ...bounds.map(Math.log)]
  const shares = [0, ...slow.map((part) => Math.log(Math.max(part, leastShare)))]
  return bounds.map((bound, j) => {
    const [before = 0, here = 0] = places.slice(j)
    const [above = 0, at = 0] = shares.slice(j)
    const part = (Math.log(bound) - Math.log(1 + shift) - before) / (here - before)
    return Math.max(0, Math.exp(above * (1 - part) + at * part) - Math.exp(at))
  })
}
