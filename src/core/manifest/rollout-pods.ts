/** Which pods a Rollout makes and selects. */
import { z } from 'zod'

const text = z.string().min(1)
const labels = z.record(z.string(), z.string())

/** Looked at only where a rule needs it; the rest stays opaque. */
export const templateSchema: z.ZodType = z.looseObject({
  metadata: z.looseObject({ labels: labels.optional() }).optional(),
  spec: z.looseObject({
    containers: z.array(z.looseObject({ name: text, image: text })).min(1),
  }),
})

export const selectorSchema: z.ZodType = z.strictObject({
  matchLabels: labels.optional(),
  matchExpressions: z
    .array(
      z.strictObject({
        key: text,
        operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
        values: z.array(z.string()).optional(),
      }),
    )
    .optional(),
})
