/** How long pods have been seen: the newest ones are not judged yet. */
import { between, type Duration, type Instant } from '../units.ts'

export class Ages {
  readonly #lives = new Map<string, { readonly born: Instant; seen: Instant }>()

  /** At the look before, where an increment begins. Zero for a pod that was not there. */
  before(pod: string): number {
    const life = this.#lives.get(pod)
    return life === undefined ? 0 : between(life.born, life.seen)
  }

  isWarm(pod: string, warmup: Duration): boolean {
    return this.before(pod) >= warmup
  }

  note(pod: string, at: Instant): void {
    const life = this.#lives.get(pod)
    if (life === undefined) this.#lives.set(pod, { born: at, seen: at })
    else life.seen = at
  }
}
