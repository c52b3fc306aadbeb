/** Reasons in words, Argo's where it has them (spec §2.9, §2.12). No times and no unsorted lists: a message must not flap. */
import type { Reason } from './decide.ts'
import type { CanaryScale, Step } from './spec.ts'

export function explain(reason: Reason): string {
  switch (reason.code) {
    case 'Completed':
      return 'everything asked for is stable'
    case 'RolloutAborted':
      return 'the update was aborted'
    case 'InitialDeploy':
      return 'Initial deploy'
    case 'CompletedAllSteps':
      return `Completed all ${reason.steps} canary steps`
    case 'FullPromotion':
      return 'Full promotion requested'
    case 'RollbackWithinWindow':
      return 'Rollback within window'
    case 'AnalysisFailed':
      return `${reason.type === 'Step' ? 'Step-based' : 'Background'} analysis phase error/failed: ${reason.message}`
    case 'AnalysisInconclusive':
      return `analysis ${reason.run} is inconclusive: ${reason.message}`
    case 'ProgressDeadlineExceeded':
      return `ReplicaSet "${reason.replicaSet}" has timed out progressing.`
    case 'PausedByUser':
      return 'manually paused'
    case 'PausedByStep':
      return 'CanaryPauseStep'
    case 'PausedInconclusive':
      return 'InconclusiveAnalysisRun'
    case 'PausedByDrift':
      return 'TrafficWeightDrift'
    case 'WeightDrift':
      return `'${reason.by}' keeps changing the traffic, which should give the canary ${reason.asked} %`
    case 'StepCompleted':
      return `step completed (${stepText(reason.step)})`
    case 'WaitingForPods':
      return `waiting for pods: ${reason.available} of ${reason.needed} are available`
    case 'WaitingForWeight':
      return `waiting for the route to carry ${reason.asked} %, it carries ${reason.carried === undefined ? 'no clear weight' : `${reason.carried} %`}`
    case 'WaitingForRoutes':
      return 'waiting for the VirtualServices to have the routes of this step'
    case 'WaitingForAnalysis':
      return `waiting for analysis ${reason.run ?? 'to begin'}`
  }
}

/** As Argo prints a step: `setWeight: 20`, `pause`, `pause: 10m`, `analysis`. */
export function stepText(step: Step): string {
  switch (step.kind) {
    case 'setWeight':
      return `setWeight: ${step.weight}`
    case 'pause':
      return step.text === undefined ? 'pause' : `pause: ${step.text}`
    case 'analysis':
      return 'analysis'
    case 'setHeaderRoute':
    case 'setMirrorRoute':
      return `${step.kind}: ${step.route.name}`
    case 'setCanaryScale':
      return `setCanaryScale{${scaleText(step.scale)}}`
  }
}

function scaleText(scale: CanaryScale): string {
  switch (scale.kind) {
    case 'replicas':
      return `replicas: ${scale.replicas}`
    case 'weight':
      return `weight: ${scale.percent}`
    case 'matchTrafficWeight':
      return 'matchTrafficWeight: true'
  }
}
