/** Which routes of its own a release has at a step, and whether they stand. */
import type { ManagedRoute } from '../mesh/managed.ts'
import { routeOperations } from '../mesh/weights.ts'
import type { Scene } from './scene.ts'
import type { RolloutSpec } from './spec.ts'

/** What the steps up to and with this one have set and not taken away, in the order of `managedRoutes`. */
export function managedAt(
  { canary: { steps, traffic } }: RolloutSpec,
  index: number,
): readonly ManagedRoute[] {
  if (traffic.kind === 'none') return []
  const latest = new Map<string, ManagedRoute>()
  for (const step of steps.slice(0, index + 1)) {
    if (step.kind === 'setHeaderRoute' || step.kind === 'setMirrorRoute')
      latest.set(step.route.name, step.route)
  }
  return traffic.managedRoutes.flatMap((name) => {
    const route = latest.get(name)
    return route === undefined || route.match.length === 0 ? [] : [route]
  })
}

/** Whether every VirtualService has the routes of this step. */
export function managedStand({ traffic, spec }: Scene, index: number): boolean {
  if (traffic.kind === 'none') return true
  const wanted = { canary: undefined, managed: managedAt(spec, index) }
  return traffic.virtualServices.every((facts) => routeOperations(facts, wanted).length === 0)
}
