/** PodDisruptionBudgets as the eviction API keeps them; selectors of labels only. */
import { at, type Json, textEntries } from '../../core/json.ts'
import type { KubeObject } from '../../core/object.ts'
import type { Labels } from '../../ports.ts'
import { isReady, isRunning } from '../pods.ts'

export function carries(labels: Labels, wanted: Labels): boolean {
  return Object.entries(wanted).every(([key, value]) => labels[key] === value)
}

/** A pod that does not run yet disrupts nobody; two budgets for one pod are refused, as Kubernetes does. */
export function mayGo(
  pod: KubeObject,
  budgets: readonly KubeObject[],
  pods: readonly KubeObject[],
): boolean {
  const concerned = budgets.filter((budget) => covers(budget, pod))
  const [budget, ...more] = concerned
  if (budget === undefined || !isRunning(pod)) return true
  return more.length === 0 && allows(budget, pod, pods)
}

function covers({ json }: KubeObject, { metadata }: KubeObject): boolean {
  return carries(metadata.labels, textEntries(at(json, 'spec', 'selector', 'matchLabels')))
}

/** A pod that is not ready may go as long as the others are enough. */
function allows(budget: KubeObject, pod: KubeObject, pods: readonly KubeObject[]): boolean {
  const mine = pods.filter((each) => covers(budget, each))
  const healthy = mine.filter(isReady).length
  const needed = healthyNeeded(budget.json['spec'], mine.length)
  return isReady(pod) ? healthy > needed : healthy >= needed
}

function healthyNeeded(spec: Json | undefined, pods: number): number {
  const least = at(spec, 'minAvailable')
  if (least !== undefined) return amount(least, pods)
  return pods - amount(at(spec, 'maxUnavailable') ?? 0, pods)
}

/** Percentages are rounded up, for both. */
function amount(limit: Json, of: number): number {
  if (typeof limit === 'number') return limit
  const percent = typeof limit === 'string' ? Number.parseInt(limit, 10) : 0
  return Math.ceil((percent / 100) * of)
}
