/** Who is compared with whom: one revision of one Rollout against the stable one. */
import type { Instant } from '../units.ts'
import type { Side } from './verdict.ts'

export type Trial = {
  readonly namespace: string
  /** Name of the Rollout: pods are called `<rollout>-<hash>-<suffix>`. */
  readonly rollout: string
  /** Pod template hashes of the two revisions. */
  readonly canaryHash: string
  readonly stableHash: string
  /** Names of the two Services. */
  readonly canaryService: string
  readonly stableService: string
  /** When this revision began; its evidence starts here. */
  readonly since: Instant
}

/** Undefined for the pods of other revisions and of other workloads. */
export function sideOfPod(trial: Trial, pod: string): Side | undefined {
  if (isPodOf(trial.rollout, trial.canaryHash, pod)) return 'canary'
  return isPodOf(trial.rollout, trial.stableHash, pod) ? 'stable' : undefined
}

export function sideOfService(trial: Trial, service: string): Side | undefined {
  if (service === trial.canaryService) return 'canary'
  return service === trial.stableService ? 'stable' : undefined
}

function isPodOf(rollout: string, hash: string, pod: string): boolean {
  const start = `${rollout}-${hash}-`
  return pod.startsWith(start) && /^[a-z0-9]+$/.test(pod.slice(start.length))
}
