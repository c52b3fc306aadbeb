/** The patch that moves traffic: two numbers a route are ours, and entries of our own; everything else in a VirtualService is somebody else's. */
import type { JsonPatchOperation } from '../json.ts'
import type { Weight } from '../units.ts'
import { type ManagedEntry, type ManagedRoute, managedOperations } from './managed.ts'
import { type Destination, type DrivenRoute, stableShare } from './routes.ts'

/** What a VirtualService says of ours. */
export type Ours = {
  readonly resourceVersion: string
  readonly routes: readonly DrivenRoute[]
  readonly managed: readonly ManagedEntry[]
}

/** How it should be; undefined leaves the weights as they are. */
export type Wanted = {
  readonly canary: Weight | undefined
  readonly managed: readonly ManagedRoute[]
}

/**
 * Operations that make every driven route carry this weight and every managed route stand; none when all is so. They test the version of
 * the object and what they rely upon, so the patch fails as a whole when somebody else was there.
 */
export function trafficPatch(ours: Ours, wanted: Wanted): readonly JsonPatchOperation[] {
  const changes = [...weightOperations(ours, wanted), ...routeOperations(ours, wanted)]
  if (changes.length === 0) return []
  return [
    { op: 'test', path: '/metadata/resourceVersion', value: ours.resourceVersion },
    ...changes,
  ]
}

export function weightOperations(
  { routes }: Pick<Ours, 'routes'>,
  { canary }: Pick<Wanted, 'canary'>,
): readonly JsonPatchOperation[] {
  if (canary === undefined) return []
  return routes.flatMap((route) => [
    ...asked(route.stable, stableShare(route, canary)),
    ...asked(route.canary, canary),
  ])
}

/** Whether the managed routes stand as wanted is told by there being none of these. */
export function routeOperations(
  { routes, managed }: Pick<Ours, 'routes' | 'managed'>,
  wanted: Wanted,
): readonly JsonPatchOperation[] {
  const pattern = routes.find(({ kind }) => kind === 'http')
  return managedOperations({
    entries: managed,
    wanted: wanted.managed,
    pattern,
    weights: weightsAfter(pattern, wanted.canary),
  })
}

function weightsAfter(
  route: DrivenRoute | undefined,
  canary: Weight | undefined,
): { readonly stable: number; readonly canary: number } {
  if (route === undefined) return { stable: 0, canary: 0 }
  return canary === undefined
    ? { stable: route.stable.weight, canary: route.canary.weight }
    : { stable: stableShare(route, canary), canary }
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
