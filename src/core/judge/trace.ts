/** Evidence over time, for pictures: at most 240 points, evenly thinned, and always the newest. */
import { type Instant, instant, type Nats, nats } from '../units.ts'
import type { EvidencePoint } from './verdict.ts'

const mostPoints = 240

export class Trace {
  /** Instants and nats in turn. */
  readonly #points = new Float64Array(2 * mostPoints)
  #length = 0
  #newest: EvidencePoint | undefined
  #stride = 1
  #seen = 0

  add(at: Instant, logE: Nats): void {
    this.#newest = { at, logE }
    if (this.#seen % this.#stride === 0) this.#keep(at, logE)
    this.#seen += 1
    if (this.#length === mostPoints) this.#thin()
  }

  points(): readonly EvidencePoint[] {
    const points = Array.from({ length: this.#length }, (_, k) => this.#point(k))
    const last = points.at(-1)
    return this.#newest === undefined || last?.at === this.#newest.at
      ? points
      : [...points, this.#newest]
  }

  #keep(at: number, logE: number): void {
    this.#points[2 * this.#length] = at
    this.#points[2 * this.#length + 1] = logE
    this.#length += 1
  }

  /** Every other point goes. */
  #thin(): void {
    this.#length = 0
    for (let k = 0; k < mostPoints; k += 2) {
      this.#keep(this.#points[2 * k] ?? 0, this.#points[2 * k + 1] ?? 0)
    }
    this.#stride *= 2
  }

  #point(k: number): EvidencePoint {
    return { at: instant(this.#points[2 * k] ?? 0), logE: nats(this.#points[2 * k + 1] ?? 0) }
  }
}
