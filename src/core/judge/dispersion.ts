/** How failures come: alone or in bursts. What the stable pods taught before the release, if they could be asked. */
import type { Duration } from '../units.ts'

export type Dispersion =
  /** Only the half of the judge that bursts cannot fool is used, with a guard of 30 s. */
  | { readonly kind: 'unknown' }
  | {
      readonly kind: 'learned'
      /** Failures that count as one piece of evidence; 1 is independence. */
      readonly phi: number
      /** How long the best stretch is that the guard leaves out; zero is no guard. */
      readonly persistence: Duration
    }
