/** Whom a run compares: written on the run by the engine, read by the analysis program. */
import { parseJson, textAt } from '../json.ts'
import type { Trial } from '../judge/trial.ts'
import { parseTimestamp } from '../units.ts'

/** Undefined when the annotation is absent or incomplete: a run that nobody made for a release. */
export function parseTrial(namespace: string, text: string | undefined): Trial | undefined {
  const json = parseJson(text)
  const [rollout, canaryHash, stableHash, canaryService, stableService] = [
    textAt(json, 'rollout'),
    textAt(json, 'canaryHash'),
    textAt(json, 'stableHash'),
    textAt(json, 'canaryService'),
    textAt(json, 'stableService'),
  ]
  const since = parseTimestamp(textAt(json, 'since') ?? '')
  if (since === undefined || rollout === undefined || canaryHash === undefined) return undefined
  if (stableHash === undefined || canaryService === undefined || stableService === undefined)
    return undefined
  return { namespace, rollout, canaryHash, stableHash, canaryService, stableService, since }
}
