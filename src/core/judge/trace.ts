/** Evidence over time, for pictures: at most 240 points, evenly thinned, and always the newest. */
import type { Instant, Nats } from '../units.ts'
import type { EvidencePoint } from './verdict.ts'

const mostPoints = 240

export class Trace {
  #points: EvidencePoint[] = []
  #newest: EvidencePoint | undefined
  #stride = 1
  #seen = 0

  add(at: Instant, logE: Nats): void {
    this.#newest = { at, logE }
    if (this.#seen % this.#stride === 0) this.#points.push(this.#newest)
    this.#seen += 1
    if (this.#points.length < mostPoints) return
    this.#points = this.#points.filter((_, k) => k % 2 === 0)
    this.#stride *= 2
  }

  points(): readonly EvidencePoint[] {
    const last = this.#points.at(-1)
    return this.#newest === undefined || last === this.#newest
      ? [...this.#points]
      : [...this.#points, this.#newest]
  }
}
