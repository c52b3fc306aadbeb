/** The patch that moves traffic: two numbers a route are ours, everything else in a VirtualService is somebody else's. */
import type { JsonPatchOperation } from '../json.ts'
import type { Weight } from '../units.ts'
import { type Destination, type DrivenRoute, stableShare } from './routes.ts'

/**
 * Operations that make every route carry `canary` percent; none when they do already. They test the version of the object and the
 * destinations relied upon, so the patch fails as a whole when somebody else was there.
 */
export function weightPatch(
  routes: readonly DrivenRoute[],
  canary: Weight,
  resourceVersion: string,
): readonly JsonPatchOperation[] {
  const changes = routes.flatMap((route) => [
    ...asked(route.stable, stableShare(route, canary)),
    ...asked(route.canary, canary),
  ])
  if (changes.length === 0) return []
  return [{ op: 'test', path: '/metadata/resourceVersion', value: resourceVersion }, ...changes]
}

function asked(destination: Destination, weight: number): readonly JsonPatchOperation[] {
  if (destination.weight === weight) return []
  const { pointer, host, subset } = destination
  return [
    { op: 'test', path: `${pointer}/destination/host`, value: host },
    ...(subset === undefined
      ? []
      : [{ op: 'test' as const, path: `${pointer}/destination/subset`, value: subset }]),
    { op: 'add', path: `${pointer}/weight`, value: weight },
  ]
}
