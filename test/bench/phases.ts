/** Where all Rollouts stand, kept up to date by a watch. */
import { setTimeout as sleep } from 'node:timers/promises'
import { numberAt, textAt } from '../../src/core/json.ts'
import type { KubeObject } from '../../src/core/object.ts'
import type { Cluster, Stop } from '../../src/ports.ts'

export class Phases {
  readonly #phases = new Map<string, string>()
  readonly #stop: Stop

  constructor(cluster: Cluster) {
    this.#stop = cluster.watch('Rollout', (change) => {
      if (change.kind === 'set')
        this.#phases.set(change.object.metadata.name, phaseOf(change.object))
    })
  }

  count(phase: string): number {
    return [...this.#phases.values()].filter((each) => each === phase).length
  }

  /** Resolves with the seconds since `since` (of `performance.now`) once `wanted` Rollouts are in the phase. */
  async reach(phase: string, wanted: number, { since, limit, say }: Patience): Promise<number> {
    for (;;) {
      const passed = (performance.now() - since) / 1000
      const count = this.count(phase)
      if (count >= wanted) return passed
      if (passed > limit)
        throw new Error(
          `${count} of ${wanted} Rollouts are ${phase} after ${limit} s; ${this.#told()}`,
        )
      say(`${count} of ${wanted} ${phase}, ${passed.toFixed(0)} s`)
      await sleep(20)
    }
  }

  stop(): void {
    this.#stop()
  }

  #told(): string {
    const names = [...new Set(this.#phases.values())]
    return names.map((name) => `${name}: ${this.count(name)}`).join(', ')
  }
}

type Patience = {
  readonly since: number
  /** Seconds. */
  readonly limit: number
  /** Hears often how far it is. */
  readonly say: (text: string) => void
}

/** A status that was written for another spec says nothing. */
function phaseOf({ metadata, json }: KubeObject): string {
  const observed = textAt(json, 'status', 'observedGeneration')
  const isCurrent = observed === String(numberAt(json, 'metadata', 'generation'))
  return isCurrent && metadata.deletionTimestamp === undefined
    ? (textAt(json, 'status', 'phase') ?? 'none')
    : 'not observed'
}
