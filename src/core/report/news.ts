/** What the controller tells those who watch it work: the demo's picture, a log, a test. Nothing is decided on it. */
import type { Verdict } from '../judge/verdict.ts'
import type { Note } from '../rollout/action.ts'
import type { Decision } from '../rollout/decide.ts'
import type { Stage } from '../rollout/stage.ts'
import type { RolloutPhase } from '../rollout/status.ts'
import type { Instant, Weight } from '../units.ts'
import type { ReleaseReport } from './release-report.ts'

export type RolloutName = { readonly namespace: string; readonly name: string }

export type News = { readonly rollout: RolloutName; readonly at: Instant } & (
  | {
      readonly kind: 'pass'
      readonly revision: number
      readonly phase: RolloutPhase | undefined
      readonly message: string | undefined
      readonly stage: Stage['kind']
      readonly step: number
      readonly steps: readonly string[]
      readonly decision: Decision
      /** Canary weight that the current step asks for, and that the route says. */
      readonly asked: Weight
      readonly carried: Weight | undefined
      readonly pods: { readonly canary: number; readonly stable: number }
    }
  | { readonly kind: 'evidence'; readonly run: string; readonly verdict: Verdict }
  | { readonly kind: 'note'; readonly note: Note }
  | { readonly kind: 'report'; readonly report: ReleaseReport }
)
