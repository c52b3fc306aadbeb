/** A Rollout as people write it → what is asked for, or all problems at once. */
import { z } from 'zod'
import type { Argument } from '../analysis/metric.ts'
import { at, isObject, type Json, type JsonObject, objectAt, textAt, textEntries } from '../json.ts'
import type { KubeObject } from '../object.ts'
import { failed, ok, type Problem, type Result } from '../result.ts'
import type {
  AnalysisSpec,
  BackgroundAnalysis,
  CanarySpec,
  PodLimit,
  RolloutSpec,
  Step,
} from '../rollout/spec.ts'
import { type Duration, parseDuration, parseTimestamp, seconds, weight } from '../units.ts'
import { sift } from './fields.ts'
import { antiAffinitySchema, podMetadataSchema } from './pod-injection.ts'
import { rolloutFields } from './rollout-fields.ts'
import {
  headerRouteSchema,
  mirrorRouteSchema,
  toHeaderRoute,
  toMirrorRoute,
} from './rollout-managed.ts'
import { selectorSchema, templateSchema } from './rollout-pods.ts'
import { rolloutProblems } from './rollout-rules.ts'
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
const labels = z.record(z.string(), z.string())

const sourceSchema = z
  .strictObject({
    podTemplateHashValue: z.enum(['Stable', 'Latest']).optional(),
    fieldRef: z.strictObject({ fieldPath: text, apiVersion: z.string().optional() }).optional(),
  })
  .refine((from) => Object.keys(from).length === 1, {
    error: 'must hold exactly one of podTemplateHashValue and fieldRef',
  })

const argumentSchema = z
  .strictObject({ name: text, value: z.string().optional(), valueFrom: sourceSchema.optional() })
  .refine((argument) => argument.value === undefined || argument.valueFrom === undefined, {
    error: 'must hold value or valueFrom, not both',
  })

const analysisShape = {
  templates: z
    .array(z.strictObject({ templateName: text, clusterScope: z.boolean().default(false) }))
    .min(1),
  args: z.array(argumentSchema).default([]),
  analysisRunMetadata: z
    .strictObject({ labels: labels.optional(), annotations: labels.optional() })
    .optional(),
} as const

const analysisSchema = z.strictObject(analysisShape)
const backgroundSchema = z.strictObject({ ...analysisShape, startingStep: count.default(0) })

const pauseDuration = readAs(
  readPause,
  'a length of time such as 90s, 1h30m or whole seconds, not negative',
)

const stepSchema = z.strictObject({
  setWeight: z.int().min(0).max(100).optional(),
  pause: z.strictObject({ duration: pauseDuration.optional() }).optional(),
  analysis: analysisSchema.optional(),
  setHeaderRoute: headerRouteSchema.optional(),
  setMirrorRoute: mirrorRouteSchema.optional(),
})

const quarter: PodLimit = { kind: 'percent', percent: 25 }
const podLimit = readAs(readPodLimit, 'a number of pods or a percentage such as 25%')

const canarySchema = z.strictObject({
  canaryService: text.optional(),
  stableService: text.optional(),
  pingPong: pingPongSchema.optional(),
  trafficRouting: trafficSchema,
  steps: z.array(stepSchema).default([]),
  analysis: backgroundSchema.optional(),
  maxSurge: podLimit.default(quarter),
  maxUnavailable: podLimit.default(quarter),
  scaleDownDelaySeconds: count.default(30),
  abortScaleDownDelaySeconds: count.default(30),
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
    analysisHistory: {
      successful: shaped.analysis.successfulRunHistoryLimit,
      unsuccessful: shaped.analysis.unsuccessfulRunHistoryLimit,
    },
    canary: toCanary(object, shaped.strategy.canary),
  }
}

function toCanary(object: Json | undefined, shaped: CanaryShape): CanarySpec {
  const abortDelay = shaped.abortScaleDownDelaySeconds
  return {
    services: toServices(shaped),
    traffic: toTraffic(shaped.trafficRouting, textAt(object, 'metadata', 'namespace') ?? ''),
    steps: shaped.steps.flatMap(toStep),
    stepsJson: at(object, 'spec', 'strategy', 'canary', 'steps') ?? null,
    background: shaped.analysis && toBackground(shaped.analysis),
    maxSurge: shaped.maxSurge,
    maxUnavailable: shaped.maxUnavailable,
    scaleDownDelay: seconds(shaped.scaleDownDelaySeconds),
    abortScaleDownDelay: abortDelay === 0 ? 'never' : seconds(abortDelay),
    antiAffinity: shaped.antiAffinity,
    canaryMetadata: shaped.canaryMetadata,
    stableMetadata: shaped.stableMetadata,
  }
}

/** One step; the rules have seen to it that it holds one action. */
function toStep(step: z.infer<typeof stepSchema>): readonly Step[] {
  const { setWeight, pause, analysis } = step
  if (setWeight !== undefined) return [{ kind: 'setWeight', weight: weight(setWeight) }]
  if (analysis !== undefined) return [{ kind: 'analysis', analysis: toAnalysis(analysis) }]
  if (pause === undefined) return toRouteStep(step)
  return [{ kind: 'pause', ...(pause.duration ?? { duration: 'forever', text: undefined }) }]
}

function toRouteStep(step: z.infer<typeof stepSchema>): readonly Step[] {
  const { setHeaderRoute, setMirrorRoute } = step
  if (setHeaderRoute !== undefined)
    return [{ kind: 'setHeaderRoute', route: toHeaderRoute(setHeaderRoute) }]
  if (setMirrorRoute === undefined) return []
  return [{ kind: 'setMirrorRoute', route: toMirrorRoute(setMirrorRoute) }]
}

function toBackground(shaped: z.infer<typeof backgroundSchema>): BackgroundAnalysis {
  return { ...toAnalysis(shaped), startingStep: shaped.startingStep }
}

function toAnalysis(shaped: z.infer<typeof analysisSchema>): AnalysisSpec {
  return {
    templates: shaped.templates.map(({ templateName, clusterScope }) => ({
      name: templateName,
      clusterScope,
    })),
    args: shaped.args.map(toArgument),
    labels: shaped.analysisRunMetadata?.labels ?? {},
    annotations: shaped.analysisRunMetadata?.annotations ?? {},
  }
}

function toArgument({ name, value, valueFrom }: z.infer<typeof argumentSchema>): Argument {
  const hash = valueFrom?.podTemplateHashValue
  if (hash !== undefined)
    return { name, value: undefined, from: { kind: 'podTemplateHash', of: hash } }
  const path = valueFrom?.fieldRef?.fieldPath
  return { name, value, from: path === undefined ? undefined : { kind: 'field', path } }
}

function readPause(
  value: unknown,
): { readonly duration: Duration; readonly text: string } | undefined {
  if (typeof value === 'number' && !(Number.isInteger(value) && value >= 0)) return undefined
  if (typeof value !== 'number' && typeof value !== 'string') return undefined
  const duration = parseDuration(String(value))
  return duration === undefined ? undefined : { duration, text: String(value) }
}

function readPodLimit(value: unknown): PodLimit | undefined {
  if (typeof value === 'number')
    return Number.isInteger(value) && value >= 0 ? { kind: 'pods', pods: value } : undefined
  return typeof value === 'string' && /^\d+%?$/.test(value)
    ? { kind: 'percent', percent: Number.parseInt(value, 10) }
    : undefined
}
