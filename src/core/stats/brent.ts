/**
 * Brent's root finder (zeroin), step by step as Kayenta has it: on a step function its result depends on its path, so an equal result needs an
 * equal path. Not for new uses.
 */

const precision = 2.220446049250313e-16
const tolerance = 1e-4
const mostSteps = 1001

/** Three points: the best guess `b`, the one before, and one on the other side of the root. */
type Bracket = {
  readonly a: number
  readonly fa: number
  readonly b: number
  readonly fb: number
  readonly c: number
  readonly fc: number
}

/** A point near to where `f` changes sign between `from` and `to`; the best one after 1001 steps. */
export function brentRoot(f: (x: number) => number, from: number, to: number): number {
  const [fa, fb] = [f(from), f(to)]
  if (Math.abs(fa) <= Number.MIN_VALUE) return from
  if (Math.abs(fb) <= Number.MIN_VALUE) return to
  let at: Bracket = { a: from, fa, b: to, fb, c: from, fc: fa }
  for (let step = 0; step < mostSteps; step += 1) {
    const previous = at.b - at.a
    at = bestFirst(at)
    const near = 2 * precision * Math.abs(at.b) + tolerance / 2
    const half = (at.c - at.b) / 2
    if (Math.abs(half) <= near || at.fb === 0) return at.b
    const chosen = stepOf(at, { previous, near, half })
    const move = Math.abs(chosen) >= near ? chosen : chosen > 0 ? near : -near
    at = bracketed({ ...at, a: at.b, fa: at.fb, b: at.b + move, fb: f(at.b + move) })
  }
  return at.b
}

function bestFirst(at: Bracket): Bracket {
  if (!(Math.abs(at.fc) < Math.abs(at.fb))) return at
  return { a: at.b, fa: at.fb, b: at.c, fb: at.fc, c: at.b, fc: at.fb }
}

function bracketed(at: Bracket): Bracket {
  const sameSide = (at.fb > 0 && at.fc > 0) || (at.fb < 0 && at.fc < 0)
  return sameSide ? { ...at, c: at.a, fc: at.fa } : at
}

type Sizes = { readonly previous: number; readonly near: number; readonly half: number }

/** By interpolation where it promises more than halving. */
function stepOf(at: Bracket, { previous, near, half }: Sizes): number {
  if (!(Math.abs(previous) >= near && Math.abs(at.fa) > Math.abs(at.fb))) return half
  const { over, under } = interpolated(at)
  const width = at.c - at.b
  const isInside = over < 0.75 * width * under - Math.abs(near * under) / 2
  return isInside && over < Math.abs((previous * under) / 2) ? over / under : half
}

/** The step as a fraction whose upper part is not negative. */
function interpolated({ a, fa, b, fb, c, fc }: Bracket): {
  readonly over: number
  readonly under: number
} {
  const width = c - b
  const [ab, cb, ca] = [fb / fa, fb / fc, fa / fc]
  const linear = a === c
  const over = linear ? width * ab : ab * (width * ca * (ca - cb) - (b - a) * (cb - 1))
  const under = linear ? 1 - ab : (ca - 1) * (cb - 1) * (ab - 1)
  return over > 0 ? { over, under: -under } : { over: -over, under }
}
