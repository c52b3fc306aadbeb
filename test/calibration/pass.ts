/** When our judge would let a canary go on. */
import type { Contestant } from './contestant.ts'
import { type OurPlan, Ours } from './ours.ts'
import type { Step } from './release.ts'

/** `proof`: the evidence suffices, the soak may not; `verdict`: "no worse"; `evidence`: it suffices, even for a canary that was found worse. */
export type Asked = 'proof' | 'verdict' | 'evidence'

export class Pass implements Contestant {
  readonly #ours: Ours
  readonly #block: number
  readonly #asked: Asked

  constructor(plan: OurPlan, asked: Asked) {
    this.#ours = new Ours(plan)
    this.#block = plan.block
    this.#asked = asked
  }

  sees(step: Step): boolean {
    this.#ours.sees(step)
    if (step.at % this.#block !== 0) return false
    switch (this.#asked) {
      case 'proof':
        return this.#ours.passes().isProved
      case 'verdict':
        return this.#ours.passes().isNoWorse
      case 'evidence':
        return this.#ours.speaksForIt
    }
  }
}
