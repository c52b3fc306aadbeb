/** Every field name that Argo's Rollout has (v1.10), and which of them we serve. */
import { type Fields, list, object, refused, served } from './fields.ts'
import { injectionFields } from './pod-injection.ts'
import { headerRouteField, mirrorRouteField } from './rollout-managed.ts'
import { trafficFields } from './rollout-traffic.ts'
import { workloadField } from './workload.ts'

const metadata = object({ labels: served, annotations: served })

const analysis: Fields = {
  templates: list({ templateName: served, clusterScope: served }),
  args: list({
    name: served,
    value: served,
    valueFrom: object({
      podTemplateHashValue: served,
      fieldRef: object({ fieldPath: served, apiVersion: served }),
    }),
  }),
  analysisRunMetadata: metadata,
  dryRun: refused(),
  measurementRetention: refused(),
}

const step: Fields = {
  setWeight: served,
  pause: object({ duration: served }),
  analysis: object(analysis),
  experiment: refused(),
  setCanaryScale: object({ replicas: served, weight: served, matchTrafficWeight: served }),
  setHeaderRoute: headerRouteField,
  setMirrorRoute: mirrorRouteField,
  plugin: refused(),
}

const canary: Fields = {
  canaryService: served,
  stableService: served,
  trafficRouting: object(trafficFields),
  steps: list(step),
  analysis: object({ ...analysis, startingStep: served }),
  maxSurge: served,
  maxUnavailable: served,
  scaleDownDelaySeconds: served,
  abortScaleDownDelaySeconds: served,
  scaleDownDelayRevisionLimit: served,
  ...injectionFields,
  dynamicStableScale: served,
  pingPong: object({ pingService: served, pongService: served }),
  minPodsPerReplicaSet: served,
  replicaProgressThreshold: object({ type: served, value: served }),
}

/** Of `spec`. */
export const rolloutFields: Fields = {
  replicas: served,
  selector: object({
    matchLabels: served,
    matchExpressions: list({ key: served, operator: served, values: served }),
  }),
  template: served,
  minReadySeconds: served,
  revisionHistoryLimit: served,
  paused: served,
  progressDeadlineSeconds: served,
  progressDeadlineAbort: served,
  analysis: object({ successfulRunHistoryLimit: served, unsuccessfulRunHistoryLimit: served }),
  strategy: object({
    canary: object(canary),
    blueGreen: refused('use strategy.canary', 'canary'),
  }),
  workloadRef: workloadField,
  restartAt: served,
  rollbackWindow: object({ revisions: served }),
}
