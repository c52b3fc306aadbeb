/** Rules that watch a release and may want it rolled back. All of them see the same releases. */
import type { Step } from './release.ts'

export interface Contestant {
  /** Whether it wants the canary gone, now that it has seen this step, too. */
  sees(step: Step): boolean
}
