/** What the traffic does now: who carries how much, and which pods it can reach. */
import { canaryWeight } from '../mesh/routes.ts'
import type { Weight } from '../units.ts'
import { allTraffic } from './counts.ts'
import type { ServiceFacts } from './facts.ts'
import { hashLabel } from './keys.ts'
import type { Scene } from './scene.ts'

export type Side = 'stable' | 'canary'

type Roads = Pick<Scene, 'services' | 'traffic'>

/** The canary's weight on all routes; undefined when they say no sum of 100, not the same, or cannot all be read. Without a mesh, none. */
export function carriedWeight({ traffic }: Roads): Weight | undefined {
  if (traffic.kind === 'none') return undefined
  const { virtualServices } = traffic
  return virtualServices.every(({ isClear }) => isClear)
    ? canaryWeight(virtualServices.flatMap(({ routes }) => routes))
    : undefined
}

/** The most that any route gives the canary; everything where that is not known. Without a mesh, everything: pods alone decide. */
export function mostCarried({ traffic }: Roads): number {
  if (traffic.kind === 'none') return allTraffic
  const { virtualServices } = traffic
  if (virtualServices.some(({ isClear }) => !isClear)) return allTraffic
  const weights = virtualServices.flatMap(({ routes }) => routes.map(({ canary }) => canary.weight))
  return weights.length === 0 ? allTraffic : Math.max(...weights)
}

/** Whether every Service and every subset of a side selects just this revision; false where one is not known or there is none. */
export function selects(roads: Roads, side: Side, hash: string | undefined): boolean {
  const pins = pinsOf(roads, side)
  return hash !== undefined && pins.length > 0 && pins.every((pin) => pin === hash)
}

/** Whether the stable side leads to this revision, as far as it is known. A Service that is gone leads nowhere: no traffic is sent there. */
export function takesBack({ services, traffic }: Roads, hash: string): boolean {
  const rule = traffic.kind === 'none' ? 'none' : traffic.destinationRule
  if (services.stable === 'unknown') return false
  const known = rule === 'unknown' ? 'none' : rule
  const roads: Roads = {
    services,
    traffic: traffic.kind === 'none' ? traffic : { ...traffic, destinationRule: known },
  }
  return pinsOf(roads, 'stable').every((pin) => pin === hash)
}

/** Whether a side may lead to pods of this revision: by a pin, or because something there pins nothing or is not known. */
export function leadsTo(roads: Roads, side: Side, hash: string): boolean {
  return pinsOf(roads, side).some((pin) => pin === hash || pin === undefined)
}

/** The hashes that the Service and the subset of a side select; undefined where one selects none or is not known. */
export function pinsOf({ services, traffic }: Roads, side: Side): readonly (string | undefined)[] {
  const rule = traffic.kind === 'none' ? 'none' : traffic.destinationRule
  const service = services[side]
  return [
    ...(service === 'none' ? [] : [service === 'unknown' ? undefined : pinOf(service)]),
    ...(rule === 'none' ? [] : [rule === 'unknown' ? undefined : rule[side].hash]),
  ]
}

/** The revision that a Service selects. */
export function pinOf({ selector }: ServiceFacts): string | undefined {
  return selector[hashLabel]
}
