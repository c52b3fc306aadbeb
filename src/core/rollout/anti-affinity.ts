/**
 * Pods of a new revision kept away from the nodes of the stable pods: a rule that is added to the ReplicaSet's template while both are
 * there. It is no part of what the user wrote, so neither the hash nor the search for a known template sees it.
 */
import { isObject, type Json, type JsonObject, listAt, objectAt, sameJson } from '../json.ts'
import type { Action } from './action.ts'
import { hashLabel } from './keys.ts'
import { currentOf, type Scene } from './scene.ts'
import type { AntiAffinity } from './spec.ts'

const preferred = 'preferredDuringSchedulingIgnoredDuringExecution'
const required = 'requiredDuringSchedulingIgnoredDuringExecution'

/** A pod template with the rule that its revision gets now. */
export function withRule(template: JsonObject, scene: Scene): JsonObject {
  const rule = ruleFor(scene)
  const affinity = rule === undefined ? affinityOf(template) : ruled(affinityOf(template), rule)
  return { ...template, spec: withAffinity(objectAt(template, 'spec'), affinity) }
}

/** A pod template as its user wrote it, whatever rule it was given; an affinity that says nothing is none. */
export function withoutRule(template: JsonObject): JsonObject {
  const spec = objectAt(template, 'spec')
  return { ...template, spec: withAffinity(spec, bare(affinityOf(template))) }
}

/** The rule follows the stable revision, and goes when the release is over: running pods stay where they are. */
export function affinityActions(scene: Scene): readonly Action[] {
  const current = currentOf(scene)
  if (current === undefined) return []
  const is = affinityOf(current.template)
  const rule = ruleFor(scene)
  if (sameJson(rulesIn(is), rule === undefined ? [] : [rule.entry])) return []
  const others = bare(is)
  const value = rule === undefined ? others : ruled(others, rule)
  const path = '/spec/template/spec/affinity'
  const ref = {
    kind: 'ReplicaSet',
    namespace: scene.rollout.namespace,
    name: current.name,
  } as const
  return [
    {
      kind: 'json',
      ref,
      operations: [value === undefined ? { op: 'remove', path } : { op: 'add', path, value }],
      notes: [],
    },
  ]
}

type Rule = { readonly list: typeof preferred | typeof required; readonly entry: Json }

/** None on the first deploy and when the revision is stable: there is nobody to keep away from. */
function ruleFor({ spec, status, rollout, templateHash }: Scene): Rule | undefined {
  const { antiAffinity } = spec.canary
  const { stableRS } = status
  if (antiAffinity === undefined || stableRS === undefined || stableRS === templateHash)
    return undefined
  const matchExpressions = [{ key: hashLabel, operator: 'In', values: [stableRS] }]
  const term = {
    labelSelector: { matchExpressions },
    namespaces: [rollout.namespace],
    topologyKey: 'kubernetes.io/hostname',
  }
  return ruleOf(antiAffinity, term)
}

function ruleOf(antiAffinity: AntiAffinity, term: JsonObject): Rule {
  return antiAffinity.kind === 'required'
    ? { list: required, entry: term }
    : { list: preferred, entry: { weight: antiAffinity.weight, podAffinityTerm: term } }
}

function ruled(affinity: JsonObject | undefined, { list, entry }: Rule): JsonObject {
  const podAntiAffinity = objectAt(affinity, 'podAntiAffinity')
  const entries = [...listAt(podAntiAffinity, list), entry]
  return { ...affinity, podAntiAffinity: { ...podAntiAffinity, [list]: entries } }
}

function rulesIn(affinity: JsonObject | undefined): readonly Json[] {
  return [required, preferred].flatMap((list) =>
    listAt(affinity, 'podAntiAffinity', list).filter(isRule),
  )
}

/** Undefined when nothing is left. */
function bare(affinity: JsonObject | undefined): JsonObject | undefined {
  if (affinity === undefined) return undefined
  const others = Object.entries(objectAt(affinity, 'podAntiAffinity')).map(
    ([name, list]) =>
      [name, Array.isArray(list) ? list.filter((each) => !isRule(each)) : list] as const,
  )
  const podAntiAffinity = Object.fromEntries(others.filter(([, list]) => !isEmpty(list)))
  const kept = Object.entries({ ...affinity, podAntiAffinity }).filter(([, part]) => !isEmpty(part))
  return kept.length === 0 ? undefined : Object.fromEntries(kept)
}

function isEmpty(value: Json | undefined): boolean {
  return value === null || value === undefined || Object.keys(value).length === 0
}

/** A rule of ours speaks of the hash label, as nobody else does. */
function isRule(entry: Json): boolean {
  const term =
    isObject(entry) && isObject(entry['podAffinityTerm']) ? entry['podAffinityTerm'] : entry
  return listAt(term, 'labelSelector', 'matchExpressions').some(
    (each) => isObject(each) && each['key'] === hashLabel,
  )
}

function affinityOf(template: JsonObject): JsonObject | undefined {
  const affinity = objectAt(template, 'spec')['affinity']
  return isObject(affinity) ? affinity : undefined
}

function withAffinity(spec: JsonObject, affinity: JsonObject | undefined): JsonObject {
  const { affinity: _, ...others } = spec
  return affinity === undefined ? others : { ...others, affinity }
}
