/**
 * How many pods the two sides have where nothing shares the traffic out but their number (spec §2.4, basic canary). The pair that comes
 * nearest to the weight is where it goes; `maxSurge` and `maxUnavailable` say how far a pass may go towards it.
 */
import type { Weight } from '../units.ts'

export type Pods = { readonly wanted: number; readonly available: number }

export type Split = { readonly canary: number; readonly stable: number }

export type Asked = {
  readonly weight: Weight
  readonly replicas: number
  readonly surge: number
  readonly unavailable: number
}

/** What there is: the canary when it is there, the stable side when it is another revision, and the pods of all older ones. */
export type Present = {
  readonly canary: Pods | undefined
  readonly stable: Pods | undefined
  readonly older: number
}

/**
 * The pair of counts whose share of canary pods is nearest to the weight. Both sides together are `replicas`, or one more where a surge
 * allows it. A weight between 1 and 99 leaves nobody without a pod, save where there is but one.
 */
export function nearestSplit({ weight, replicas, surge }: Omit<Asked, 'unavailable'>): Split {
  if (replicas === 0) return { canary: 0, stable: 0 }
  const [best] = candidates({ weight, replicas, surge })
    .map((split, place) => ({ split, place, off: distance(split, weight) }))
    .toSorted((a, b) => a.off - b.off || a.place - b.place)
  return best?.split ?? { canary: 0, stable: replicas }
}

function candidates({ weight, replicas, surge }: Omit<Asked, 'unavailable'>): readonly Split[] {
  const up = Math.ceil((replicas * weight) / 100)
  const down = Math.floor((replicas * weight) / 100)
  const mayBeNone = [0, 100].includes(weight) || (replicas === 1 && surge === 0)
  const around = (total: number, withUp: boolean): readonly Split[] => [
    ...(withUp ? [{ canary: up, stable: total - up }] : []),
    ...((down !== 0 || mayBeNone) && !isHalf(total, weight)
      ? [{ canary: down, stable: total - down }]
      : []),
  ]
  const surging = surge > 0 ? around(replicas + 1, true) : []
  return [...around(replicas, up < replicas || mayBeNone), ...surging]
}

/** Half-way between two counts the larger canary is taken. */
function isHalf(total: number, weight: Weight): boolean {
  return (total * weight) % 100 === 50
}

function distance({ canary, stable }: Split, weight: Weight): number {
  return Math.abs((canary * 100) / (canary + stable) - weight)
}

/** What both sides should have after this pass: stable grows first, then the canary; nothing shrinks while older pods are left. */
export function basicCounts(asked: Asked, present: Present): Split {
  const wanted = present.stable ? nearestSplit(asked) : { canary: asked.replicas, stable: 0 }
  const grown = grow(asked, wanted, present)
  return present.older > 0 ? grown : shrink(asked, wanted, present, grown)
}

function grow(
  { replicas, surge }: Asked,
  wanted: Split,
  { canary, stable, older }: Present,
): Split {
  const is = { canary: canary?.wanted ?? 0, stable: stable?.wanted ?? 0 }
  const room = Math.max(0, replicas + surge - is.canary - is.stable - older)
  const forStable = stable === undefined ? 0 : more(wanted.stable - is.stable, room)
  const forCanary = canary === undefined ? 0 : more(wanted.canary - is.canary, room - forStable)
  return { canary: is.canary + forCanary, stable: is.stable + forStable }
}

function more(missing: number, room: number): number {
  return Math.max(0, Math.min(missing, room))
}

/**
 * One side drains: the stable one while the canary grows, else the canary. The pods of the side that drains count whether they are
 * available or not, or pods that never start could never be replaced.
 */
function shrink(asked: Asked, wanted: Split, { canary, stable }: Present, grown: Split): Split {
  const fewest = asked.replicas - asked.unavailable
  const rises = canary === undefined || wanted.canary >= canary.wanted
  const spare = counted(canary, !rises) + counted(stable, rises) - fewest
  if (spare <= 0) return grown
  const limits = { most: asked.replicas + asked.surge, fewest }
  if (!rises) {
    const draining = drained(canary, wanted.canary, spare, grown.canary)
    const [left, other] = within(limits, [canary, draining], [stable, grown.stable])
    return { canary: left, stable: other }
  }
  if (stable === undefined) return grown
  const draining = drained(stable, wanted.stable, spare, grown.stable)
  const [left, other] = within(limits, [stable, draining], [canary, grown.canary])
  return { stable: left, canary: other }
}

function counted(pods: Pods | undefined, whetherAvailableOrNot: boolean): number {
  if (pods === undefined) return 0
  return whetherAvailableOrNot ? pods.wanted : Math.min(pods.wanted, pods.available)
}

function drained(pods: Pods | undefined, wanted: number, spare: number, otherwise: number): number {
  return pods !== undefined && pods.wanted > wanted
    ? Math.max(wanted, pods.wanted - spare)
    : otherwise
}

type Limits = { readonly most: number; readonly fewest: number }

/** Takes back what the other side grew by where both together were too many, as far as enough stay available; the draining side gives the rest. */
function within(
  { most, fewest }: Limits,
  [drain, draining]: readonly [Pods | undefined, number],
  [other, grown]: readonly [Pods | undefined, number],
): readonly [number, number] {
  if (other === undefined) return [draining, grown]
  const cut = grown - Math.max(0, grown + draining - most)
  const up = Math.min(drain?.available ?? 0, draining) + Math.min(other.available, cut)
  const lost = Math.max(0, other.available - cut)
  const kept = cut + Math.min(lost, Math.max(0, fewest - up))
  return [draining - Math.max(0, kept + draining - most), kept]
}
