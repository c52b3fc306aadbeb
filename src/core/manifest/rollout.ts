/** A Rollout as people write it → what is asked for, or all problems at once. */
import { z } from 'zod'
import { at, isObject, type Json, type JsonObject, objectAt, textAt, textEntries } from '../json.ts'
import type { KubeObject } from '../object.ts'
import { failed, ok, type Problem, type Result } from '../result.ts'
import type { CanarySpec, PodLimit, ProgressThreshold, RolloutSpec } from '../rollout/spec.ts'
import { parseTimestamp, seconds } from '../units.ts'
import { sift } from './fields.ts'
import { antiAffinitySchema, podMetadataSchema } from './pod-injection.ts'
import { backgroundSchema } from './rollout-analysis.ts'
import { rolloutFields } from './rollout-fields.ts'
import { selectorSchema, templateSchema } from './rollout-pods.ts'
import { rolloutProblems } from './rollout-rules.ts'
import { stepSchema } from './rollout-steps.ts'
import { pingPongSchema, toServices, toTraffic, trafficSchema } from './rollout-traffic.ts'
import { readAs, type Shaped, shape } from './shape.ts'
import { blamed, withWorkload, workloadProblems, workloadSchema } from './workload.ts'

/**
 * Reads `spec` of a whole Rollout object and fills in Argo's defaults. Every field of Argo's schema is known: one that this version
 * does not serve is a problem, and so is one that nobody knows. The pod template is looked at only where a rule needs it.
 * With `workloadRef` the template comes from `workload`; where that is not at hand, template and selector are left open.
 * Rules that need other objects (Services, the VirtualService, templates) are not checked here.
 */
export function parseRollout(object: Json | undefined, workload?: KubeObject): Result<RolloutSpec> {
  const written = isObject(object) ? object : {}
  const whole = withWorkload(written, workload)
  const spec = objectAt(whole, 'spec')
  const shaped = read(spec, isObject(spec['workloadRef']) && workload === undefined)
  const found = [...shaped.problems, ...rolloutProblems(spec)]
  const problems = [
    ...found.map((each) => blamed(each, workload)),
    ...workloadProblems(objectAt(written, 'spec')),
  ]
  if (shaped.value === undefined || problems.length > 0) return failed(...problems)
  return ok(toSpec(whole, shaped.value))
}

/**
 * What can still be understood of a Rollout with problems: fields that are wrong are left out, as if they were not there. Undefined when
 * that leaves nothing to go by. Such a spec serves for the way back, never for the way forward.
 */
export function salvageRollout(object: Json | undefined): RolloutSpec | undefined {
  const spec = objectAt(object, 'spec')
  const first = read(spec)
  if (first.value !== undefined) return toSpec(object, first.value)
  const rest = without(spec, first.problems)
  const second = read(rest)
  return second.value && toSpec({ ...objectAt(object), spec: rest }, second.value)
}

/** `isOpen`: what a workload will bring is not missed. */
function read(spec: JsonObject, isOpen = false): Shaped<SpecShape> {
  const sifted = sift(spec, rolloutFields, 'Rollout', 'spec')
  return isOpen ? shape(sifted, openSpecSchema, 'spec') : shape(sifted, specSchema, 'spec')
}

/** A template that is not understood is nobody's. Traffic without its routing would be something else, so that is never left out. */
function without(spec: JsonObject, problems: readonly Problem[]): JsonObject {
  const kept = (from: JsonObject, path: string): JsonObject =>
    Object.fromEntries(
      Object.entries(from).filter(
        ([name]) =>
          name === 'strategy' ||
          name === 'trafficRouting' ||
          !problems.some((each) => each.path.startsWith(`${path}.${name}`)),
      ),
    )
  const canary = kept(objectAt(spec, 'strategy', 'canary'), 'spec.strategy.canary')
  return { template: nobodys, ...kept(spec, 'spec'), strategy: { canary } }
}

/** In the place of a template that is not understood. */
export const nobodys: JsonObject = { spec: { containers: [{ name: 'unknown', image: 'unknown' }] } }

const text = z.string().min(1)
const moment = readAs(
  (value) => (typeof value === 'string' ? parseTimestamp(value) : undefined),
  'a time such as 2026-01-31T09:30:00Z',
)
const count = z.int().min(0).max(2_147_483_647)

const thresholdSchema = z.strictObject({
  type: z.enum(['Percent', 'Pods']),
  value: z.int(),
})

const quarter: PodLimit = { kind: 'percent', percent: 25 }
const podLimit = readAs(readPodLimit, 'a number of pods or a percentage such as 25%')

const canarySchema = z.strictObject({
  canaryService: text.optional(),
  stableService: text.optional(),
  pingPong: pingPongSchema.optional(),
  trafficRouting: trafficSchema.optional(),
  steps: z.array(stepSchema).default([]),
  analysis: backgroundSchema.optional(),
  maxSurge: podLimit.default(quarter),
  maxUnavailable: podLimit.default(quarter),
  minPodsPerReplicaSet: count.default(0),
  replicaProgressThreshold: thresholdSchema.optional(),
  dynamicStableScale: z.boolean().default(false),
  scaleDownDelaySeconds: count.default(30),
  scaleDownDelayRevisionLimit: count.default(2_147_483_647),
  abortScaleDownDelaySeconds: count.optional(),
  antiAffinity: antiAffinitySchema.optional(),
  canaryMetadata: podMetadataSchema,
  stableMetadata: podMetadataSchema,
})

const specSchema = z.strictObject({
  replicas: count.default(1),
  selector: selectorSchema,
  template: templateSchema,
  restartAt: moment.optional(),
  minReadySeconds: count.default(0),
  revisionHistoryLimit: count.default(10),
  paused: z.boolean().default(false),
  progressDeadlineSeconds: count.default(600),
  progressDeadlineAbort: z.boolean().default(false),
  analysis: z
    .strictObject({
      successfulRunHistoryLimit: count.default(5),
      unsuccessfulRunHistoryLimit: count.default(5),
    })
    .prefault({}),
  rollbackWindow: z.strictObject({ revisions: count.default(0) }).optional(),
  strategy: z.strictObject({ canary: canarySchema }),
  workloadRef: workloadSchema.optional(),
})

/** Without the workload, what it brings is not missed. */
const openSpecSchema = specSchema.extend({
  selector: selectorSchema.optional(),
  template: z.unknown().optional(),
})

type SpecShape = Omit<z.infer<typeof specSchema>, 'selector' | 'template'>
type CanaryShape = z.infer<typeof canarySchema>

function toSpec(object: Json | undefined, shaped: SpecShape): RolloutSpec {
  const selector = objectAt(object, 'spec', 'selector')
  return {
    replicas: shaped.replicas,
    selector,
    matchLabels: textEntries(at(selector, 'matchLabels')),
    template: objectAt(object, 'spec', 'template'),
    workload: shaped.workloadRef,
    restartAt: shaped.restartAt,
    minReadySeconds: shaped.minReadySeconds,
    revisionHistoryLimit: shaped.revisionHistoryLimit,
    paused: shaped.paused,
    progressDeadline: seconds(shaped.progressDeadlineSeconds),
    progressDeadlineAbort: shaped.progressDeadlineAbort,
    rollbackWindow: shaped.rollbackWindow?.revisions ?? 0,
    analysisHistory: {
      successful: shaped.analysis.successfulRunHistoryLimit,
      unsuccessful: shaped.analysis.unsuccessfulRunHistoryLimit,
    },
    canary: toCanary(object, shaped.strategy.canary),
  }
}

function toCanary(object: Json | undefined, shaped: CanaryShape): CanarySpec {
  return {
    services: toServices(shaped),
    traffic: toTraffic(shaped.trafficRouting, textAt(object, 'metadata', 'namespace') ?? ''),
    steps: shaped.steps.flat(),
    stepsJson: at(object, 'spec', 'strategy', 'canary', 'steps') ?? null,
    background: shaped.analysis,
    maxSurge: shaped.maxSurge,
    maxUnavailable: shaped.maxUnavailable,
    minPods: shaped.minPodsPerReplicaSet,
    progressThreshold: toThreshold(shaped.replicaProgressThreshold),
    dynamicStableScale: shaped.dynamicStableScale,
    scaleDownDelay: seconds(shaped.scaleDownDelaySeconds),
    scaleDownDelayRevisionLimit: shaped.scaleDownDelayRevisionLimit,
    abortScaleDownDelay: toAbortDelay(shaped),
    antiAffinity: shaped.antiAffinity,
    canaryMetadata: shaped.canaryMetadata,
    stableMetadata: shaped.stableMetadata,
  }
}

/** Where the stable pods follow the traffic, so do the canary's, unless a delay is asked for in so many words. */
function toAbortDelay({
  abortScaleDownDelaySeconds: delay,
  dynamicStableScale,
}: CanaryShape): CanarySpec['abortScaleDownDelay'] {
  if (delay === 0) return 'never'
  if (delay === undefined && dynamicStableScale) return 'with-traffic'
  return seconds(delay ?? 30)
}

/** A negative value asks for nothing less than all, as Argo has it. */
function toThreshold(
  shaped: CanaryShape['replicaProgressThreshold'],
): ProgressThreshold | undefined {
  return shaped === undefined || shaped.value < 0 ? undefined : shaped
}

/** `3`, `25%`; text without a `%` is a percentage all the same, as Kubernetes reads it. */
function readPodLimit(value: unknown): PodLimit | undefined {
  if (typeof value === 'number')
    return Number.isInteger(value) && value >= 0 ? { kind: 'pods', pods: value } : undefined
  return typeof value === 'string' && /^\d+%?$/.test(value)
    ? { kind: 'percent', percent: Number.parseInt(value, 10) }
    : undefined
}
