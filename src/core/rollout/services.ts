/** Which Service stands for which side. */
import type { ServicesSpec } from './spec.ts'
import type { PingPong } from './status.ts'

export type ServiceNames = {
  readonly stable: string | undefined
  readonly canary: string | undefined
}

/** Of two Services that take turns, status says which one is stable; before the first promotion it is pong, so that ping is filled first. */
export function namesOf(services: ServicesSpec, stable: PingPong | undefined): ServiceNames {
  if (services.kind === 'pair') return services
  const { ping, pong } = services
  return stable === 'ping' ? { stable: ping, canary: pong } : { stable: pong, canary: ping }
}

/** Who is stable once the canary is promoted. */
export function turned(stable: PingPong | undefined): PingPong {
  return stable === 'ping' ? 'pong' : 'ping'
}
