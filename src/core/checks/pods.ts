/** What the pod template of a Rollout says about being served and seen. */
import { at, type Json, listAt, textAt } from '../json.ts'
import { type KubeObject, refOf } from '../object.ts'
import { judgeAnnotation } from '../rollout/keys.ts'
import { about, type Finding } from './finding.ts'

export function podFindings(rollout: KubeObject): readonly Finding[] {
  return [...proxyFindings(rollout), ...readinessFindings(rollout), ...judgeFindings(rollout)]
}

/** Without a proxy of its own a pod reports nothing. */
function proxyFindings(rollout: KubeObject): readonly Finding[] {
  const template = at(rollout.json, 'spec', 'template', 'metadata')
  const key = 'sidecar.istio.io/inject'
  const place = ['labels', 'annotations'].find((each) => textAt(template, each, key) === 'false')
  if (place === undefined) return []
  return [
    about(refOf(rollout)).warning(
      `spec.template.metadata.${place}['${key}']`,
      'keeps the proxy out of the pods: nobody counts their requests, so the judge sees only what callers report; remove it, or judge with reporter: source',
    ),
  ]
}

function readinessFindings(rollout: KubeObject): readonly Finding[] {
  const containers = listAt(rollout.json, 'spec', 'template', 'spec', 'containers')
  if (containers.length === 0 || containers.some(hasReadiness)) return []
  return [
    about(refOf(rollout)).warning(
      'spec.template.spec.containers',
      'have no readinessProbe: a pod gets traffic as soon as it runs, whether it can serve or not; add one',
    ),
  ]
}

function hasReadiness(container: Json): boolean {
  return at(container, 'readinessProbe') !== undefined
}

/** A release that nobody judges is promoted whatever it does. */
function judgeFindings(rollout: KubeObject): readonly Finding[] {
  const canary = at(rollout.json, 'spec', 'strategy', 'canary')
  const isJudged =
    rollout.metadata.annotations[judgeAnnotation] !== undefined ||
    at(canary, 'analysis') !== undefined ||
    listAt(canary, 'steps').some((step) => at(step, 'analysis') !== undefined)
  if (isJudged || canary === undefined) return []
  return [
    about(refOf(rollout)).note(
      'spec.strategy.canary',
      `has no analysis: nobody judges its releases; annotate the Rollout with ${judgeAnnotation}: default`,
    ),
  ]
}
