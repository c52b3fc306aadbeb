/** `canary.steps` as people write them. */
import { z } from 'zod'
import type { CanaryScale, Step } from '../rollout/spec.ts'
import { type Duration, parseDuration, weight } from '../units.ts'
import { analysisSchema } from './rollout-analysis.ts'
import {
  headerRouteSchema,
  mirrorRouteSchema,
  toHeaderRoute,
  toMirrorRoute,
} from './rollout-managed.ts'
import { readAs } from './shape.ts'

const count = z.int().min(0).max(2_147_483_647)

const pauseDuration = readAs(
  readPause,
  'a length of time such as 90s, 1h30m or whole seconds, not negative',
)

const scaleSchema = z
  .strictObject({
    replicas: count.optional(),
    weight: count.optional(),
    matchTrafficWeight: z.boolean().default(false),
  })
  .refine(
    ({ replicas, weight: percent, matchTrafficWeight }) =>
      matchTrafficWeight || replicas !== undefined || percent !== undefined,
    { error: 'must hold one of replicas, weight and matchTrafficWeight: true' },
  )

const stepObject = z.strictObject({
  setWeight: z.int().min(0).max(100).optional(),
  pause: z.strictObject({ duration: pauseDuration.optional() }).optional(),
  analysis: analysisSchema.optional(),
  setCanaryScale: scaleSchema.optional(),
  setHeaderRoute: headerRouteSchema.optional(),
  setMirrorRoute: mirrorRouteSchema.optional(),
})

/** One step, or none where the rules find that it holds no action. */
export const stepSchema: z.ZodType<readonly Step[]> = stepObject.transform(toStep)

/** One step; the rules have seen to it that it holds one action. */
function toStep(step: z.infer<typeof stepObject>): readonly Step[] {
  const { setWeight, pause, analysis, setCanaryScale } = step
  if (setWeight !== undefined) return [{ kind: 'setWeight', weight: weight(setWeight) }]
  if (analysis !== undefined) return [{ kind: 'analysis', analysis }]
  if (setCanaryScale !== undefined)
    return [{ kind: 'setCanaryScale', scale: toScale(setCanaryScale) }]
  if (pause === undefined) return toRouteStep(step)
  return [{ kind: 'pause', ...(pause.duration ?? { duration: 'forever', text: undefined }) }]
}

function toRouteStep(step: z.infer<typeof stepObject>): readonly Step[] {
  const { setHeaderRoute, setMirrorRoute } = step
  if (setHeaderRoute !== undefined)
    return [{ kind: 'setHeaderRoute', route: toHeaderRoute(setHeaderRoute) }]
  if (setMirrorRoute === undefined) return []
  return [{ kind: 'setMirrorRoute', route: toMirrorRoute(setMirrorRoute) }]
}

/** Of several the first counts that Argo looks at. */
function toScale(shaped: z.infer<typeof scaleSchema>): CanaryScale {
  const { replicas, weight: percent = 0, matchTrafficWeight } = shaped
  if (matchTrafficWeight) return { kind: 'matchTrafficWeight' }
  return replicas === undefined ? { kind: 'weight', percent } : { kind: 'replicas', replicas }
}

function readPause(
  value: unknown,
): { readonly duration: Duration; readonly text: string } | undefined {
  if (typeof value === 'number' && !(Number.isInteger(value) && value >= 0)) return undefined
  if (typeof value !== 'number' && typeof value !== 'string') return undefined
  const duration = parseDuration(String(value))
  return duration === undefined ? undefined : { duration, text: String(value) }
}
