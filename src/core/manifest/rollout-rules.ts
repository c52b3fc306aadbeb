/** What Argo's validation asks of a Rollout beyond the shape of single fields (as far as no other object is needed). */
import {
  at,
  isObject,
  type Json,
  type JsonObject,
  listAt,
  numberAt,
  objectAt,
  textAt,
  textEntries,
} from '../json.ts'
import { type Problem, problem } from '../result.ts'
import { metadataSelectsNothing } from './pod-injection.ts'
import { trafficRules } from './rollout-traffic.ts'
import { shown } from './shown.ts'

/** All that the rules find in `spec`. They read it as written, so a mistake elsewhere does not silence them. */
export function rolloutProblems(spec: JsonObject): readonly Problem[] {
  return rules.flatMap((rule) => rule(spec))
}

type Rule = (spec: JsonObject) => readonly Problem[]

const rules: readonly Rule[] = [
  oneStrategy,
  selectorIsNotEmpty,
  templateIsSelected,
  podsCanBecomeReadyInTime,
  ...trafficRules,
  somethingMayMove,
  oneDelayOfStablePods,
  podsAreTheWeight,
  stepsDoOneThing,
  metadataSelectsNothing,
]

function oneStrategy({ strategy }: JsonObject): readonly Problem[] {
  const both = at(strategy, 'canary') && at(strategy, 'blueGreen')
  return both
    ? [problem('spec.strategy', 'must hold exactly one of canary and blueGreen, holds both')]
    : []
}

function selectorIsNotEmpty({ selector }: JsonObject): readonly Problem[] {
  const labels = Object.keys(textEntries(at(selector, 'matchLabels')))
  if (!isObject(selector) || labels.length > 0) return []
  if (listAt(selector, 'matchExpressions').length > 0) return []
  return [problem('spec.selector', 'must not be empty: it would select all pods')]
}

function templateIsSelected({ selector, template }: JsonObject): readonly Problem[] {
  if (!isObject(template)) return []
  const labels = textEntries(at(template, 'metadata', 'labels'))
  const wanted = Object.entries(textEntries(at(selector, 'matchLabels')))
  const missing = wanted
    .filter(([name, value]) => labels[name] !== value)
    .map(([name, value]) => `${name}=${value}`)
  const unmet = listAt(selector, 'matchExpressions')
    .filter((each) => !holds(each, labels))
    .map((each) => shown(each))
  return [...missing, ...unmet].map((asked) =>
    problem('spec.template.metadata.labels', `must match spec.selector, do not match ${asked}`),
  )
}

/** Whether one match expression holds; an operator that nobody knows is the shape's to refuse. */
function holds(expression: Json, labels: Readonly<Record<string, string>>): boolean {
  const test = operators[textAt(expression, 'operator') ?? '']
  const value = labels[textAt(expression, 'key') ?? '']
  return test === undefined || test(value, listAt(expression, 'values'))
}

const operators: Readonly<
  Record<string, (value: string | undefined, values: readonly Json[]) => boolean>
> = {
  In: (value, values) => value !== undefined && values.includes(value),
  NotIn: (value, values) => value === undefined || !values.includes(value),
  Exists: (value) => value !== undefined,
  DoesNotExist: (value) => value === undefined,
}

function podsCanBecomeReadyInTime(spec: JsonObject): readonly Problem[] {
  const ready = numberAt(spec, 'minReadySeconds') ?? 0
  const deadline = numberAt(spec, 'progressDeadlineSeconds') ?? 600
  if (deadline > ready) return []
  const message = `must be more than spec.minReadySeconds (${ready}), is ${deadline}`
  return [problem('spec.progressDeadlineSeconds', message)]
}

function somethingMayMove(spec: JsonObject): readonly Problem[] {
  const surge = at(spec, 'strategy', 'canary', 'maxSurge')
  const unavailable = at(spec, 'strategy', 'canary', 'maxUnavailable')
  if (!isZero(surge) || !isZero(unavailable)) return []
  const message = 'must not be zero when maxUnavailable is: no pod could be replaced'
  return [problem('spec.strategy.canary.maxSurge', message)]
}

/** Stable pods that shrink with their traffic are gone when a delay would begin. */
function oneDelayOfStablePods(spec: JsonObject): readonly Problem[] {
  const canary = objectAt(spec, 'strategy', 'canary')
  const isDynamic = canary['dynamicStableScale'] === true && isGiven(canary['trafficRouting'])
  if (!isDynamic || !isGiven(canary['scaleDownDelaySeconds'])) return []
  return [
    problem(
      'spec.strategy.canary.dynamicStableScale',
      'cannot be used with scaleDownDelaySeconds; remove one of them',
    ),
  ]
}

/** Without traffic routing the number of pods is the share of traffic: it cannot be something else as well. */
function podsAreTheWeight(spec: JsonObject): readonly Problem[] {
  const canary = objectAt(spec, 'strategy', 'canary')
  if (strategyIsMissing(spec) || isGiven(canary['trafficRouting'])) return []
  const needs = 'needs trafficRouting; remove it or add trafficRouting.istio'
  const scales = listAt(canary, 'steps').flatMap((step, index) =>
    isGiven(at(step, 'setCanaryScale')) ? [`steps[${index}].setCanaryScale`] : [],
  )
  const fields = [
    ...(isGiven(canary['scaleDownDelaySeconds']) ? ['scaleDownDelaySeconds'] : []),
    ...(canary['dynamicStableScale'] === true ? ['dynamicStableScale'] : []),
    ...scales,
  ]
  return fields.map((field) => problem(`spec.strategy.canary.${field}`, needs))
}

function strategyIsMissing(spec: JsonObject): boolean {
  return !isObject(at(spec, 'strategy', 'canary') ?? null)
}

function isGiven(value: Json | undefined): boolean {
  return value !== undefined && value !== null
}

function isZero(limit: Json | undefined): boolean {
  return limit === 0 || limit === '0' || limit === '0%'
}

function stepsDoOneThing(spec: JsonObject): readonly Problem[] {
  return listAt(spec, 'strategy', 'canary', 'steps').flatMap((step, index) => {
    const actions = isObject(step) ? actionsOf(step) : undefined
    if (actions === undefined || actions.length === 1) return []
    const path = `spec.strategy.canary.steps[${index}]`
    if (actions.length === 0)
      return [
        problem(
          path,
          'must hold one of setWeight, pause, analysis, setCanaryScale, setHeaderRoute and setMirrorRoute, holds none',
        ),
      ]
    return [problem(path, `must hold exactly one action, holds ${actions.join(' and ')}`)]
  })
}

/** Names that mean nothing count too: the problem with them is told elsewhere. */
function actionsOf(step: JsonObject): readonly string[] {
  return Object.entries(step).flatMap(([name, value]) =>
    value === null || value === undefined ? [] : [name],
  )
}
