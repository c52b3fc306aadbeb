/** What a Rollout puts into its pods beside the template: an anti-affinity rule, and metadata while they are canary or stable. */
import { z } from 'zod'
import { at, isObject, type JsonObject, listAt, textAt, textEntries } from '../json.ts'
import { type Problem, problem } from '../result.ts'
import { hashLabel } from '../rollout/keys.ts'
import type { AntiAffinity, PodMetadata } from '../rollout/spec.ts'
import { type Field, object, served } from './fields.ts'

const texts = z.record(z.string(), z.string())

/** Of `spec.strategy.canary`. */
export const injectionFields: Readonly<Record<string, Field>> = {
  antiAffinity: object({
    requiredDuringSchedulingIgnoredDuringExecution: served,
    preferredDuringSchedulingIgnoredDuringExecution: object({ weight: served }),
  }),
  canaryMetadata: object({ labels: served, annotations: served }),
  stableMetadata: object({ labels: served, annotations: served }),
}

export const podMetadataSchema: z.ZodType<PodMetadata> = z
  .strictObject({ labels: texts.default({}), annotations: texts.default({}) })
  .prefault({})

export const antiAffinitySchema: z.ZodType<AntiAffinity> = z
  .strictObject({
    requiredDuringSchedulingIgnoredDuringExecution: z.strictObject({}).optional(),
    preferredDuringSchedulingIgnoredDuringExecution: z
      .strictObject({ weight: z.int().min(1).max(100) })
      .optional(),
  })
  .refine((rule) => Object.keys(rule).length === 1, {
    error:
      'must hold exactly one of requiredDuringSchedulingIgnoredDuringExecution and preferredDuringSchedulingIgnoredDuringExecution',
  })
  .transform(({ preferredDuringSchedulingIgnoredDuringExecution: preferred }) =>
    preferred === undefined
      ? { kind: 'required' as const }
      : { kind: 'preferred' as const, weight: preferred.weight },
  )

/** Labels that ReplicaSets select their pods by stay as they are: a pod whose label changes would be nobody's, and another would be made. */
export function metadataSelectsNothing(spec: JsonObject): readonly Problem[] {
  return (['canaryMetadata', 'stableMetadata'] as const).flatMap((field) => {
    const path = `spec.strategy.canary.${field}.labels`
    const labels = textEntries(at(spec, 'strategy', 'canary', field, 'labels'))
    return Object.keys(labels)
      .filter((name) => selecting(spec).includes(name))
      .map((name) =>
        problem(path, `must not hold ${name}: pods are selected by it; use another label`),
      )
  })
}

function selecting({ selector }: JsonObject): readonly string[] {
  const expressions = listAt(selector, 'matchExpressions').flatMap((each) =>
    isObject(each) ? (textAt(each, 'key') ?? []) : [],
  )
  return [hashLabel, ...Object.keys(textEntries(at(selector, 'matchLabels'))), ...expressions]
}
