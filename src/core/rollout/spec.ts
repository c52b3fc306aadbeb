/** What a Rollout asks for, as far as it is served. Defaults are filled in. */
import type { Argument } from '../analysis/metric.ts'
import type { Json, JsonObject } from '../json.ts'
import type { Duration, Weight } from '../units.ts'

export type RolloutSpec = {
  readonly replicas: number
  /** As written; immutable. */
  readonly selector: JsonObject
  readonly matchLabels: Readonly<Record<string, string>>
  /** The pod template stays opaque. */
  readonly template: JsonObject
  readonly minReadySeconds: number
  readonly revisionHistoryLimit: number
  readonly paused: boolean
  readonly progressDeadline: Duration
  readonly progressDeadlineAbort: boolean
  /** How many finished AnalysisRuns of earlier revisions are kept. */
  readonly analysisHistory: { readonly successful: number; readonly unsuccessful: number }
  readonly canary: CanarySpec
}

export type CanarySpec = {
  readonly canaryService: string
  readonly stableService: string
  readonly virtualService: VirtualServiceRef
  readonly steps: readonly Step[]
  /** `canary.steps` as written, for the step hash. */
  readonly stepsJson: Json
  readonly background: BackgroundAnalysis | undefined
  readonly scaleDownDelay: Duration
  readonly abortScaleDownDelay: Duration | 'never'
}

export type VirtualServiceRef = {
  readonly namespace: string
  readonly name: string
  /** Names in `spec.http`; empty means the only route. */
  readonly routes: readonly string[]
}

export type Step =
  | { readonly kind: 'setWeight'; readonly weight: Weight }
  | PauseStep
  | { readonly kind: 'analysis'; readonly analysis: AnalysisSpec }

export type PauseStep = {
  readonly kind: 'pause'
  readonly duration: Duration | 'forever'
  /** The duration as written, for messages. */
  readonly text: string | undefined
}

export type AnalysisSpec = {
  readonly templates: readonly TemplateRef[]
  readonly args: readonly Argument[]
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

export type BackgroundAnalysis = AnalysisSpec & { readonly startingStep: number }

export type TemplateRef = { readonly name: string; readonly clusterScope: boolean }
