/** Labels and annotations that Argo's objects carry (spec §1.13), and our own. */

export const hashLabel = 'rollouts-pod-template-hash'
export const revisionAnnotation = 'rollout.argoproj.io/revision'
export const revisionHistoryAnnotation = 'rollout.argoproj.io/revision-history'
/** On a Rollout: the generation of the object that `workloadRef` names. */
export const workloadGenerationAnnotation = 'rollout.argoproj.io/workload-generation'
export const desiredReplicasAnnotation = 'rollout.argoproj.io/desired-replicas'
export const scaleDownAnnotation = 'scale-down-deadline'
/** On a ReplicaSet: the labels and annotations that its pods carry only for now, as JSON. */
export const podMetadataAnnotation = 'rollout.argoproj.io/ephemeral-metadata'
export const managedByAnnotation = 'argo-rollouts.argoproj.io/managed-by-rollouts'
export const runTypeLabel = 'rollout-type'
export const stepIndexLabel = 'step-index'

/** On a Rollout: `default`, `strict` or `lenient` attaches the judge in the background with no template. */
export const judgeAnnotation = 'haldane.dev/judge'
/** On a ReplicaSet: what its release went through, as JSON. The report is made from it. */
export const journalAnnotation = 'haldane.dev/journal'
/** On a ReplicaSet: how often somebody else's weights were set right, as JSON. */
export const driftAnnotation = 'haldane.dev/drift'
/** On a ReplicaSet: tells its template from another one with the same hash. */
export const templateAnnotation = 'haldane.dev/template'
/** On an AnalysisRun: whom it compares, as JSON. */
export const trialAnnotation = 'haldane.dev/trial'
/** On a ReplicaSet: the names of labels and annotations that its live pods may still carry otherwise than its template. */
export const movingMetadataAnnotation = 'haldane.dev/moving-metadata'
/** On a Deployment that its Rollout scales away: how many pods it had. */
export const scaledFromAnnotation = 'haldane.dev/scaled-from'

/** Our name in `metadata.managedFields`. */
export const fieldManager = 'haldane'
