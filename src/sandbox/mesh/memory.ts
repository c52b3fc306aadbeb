/** A gauge beside the counters: how much memory each pod takes, where its template says so. Application metrics come with the proxy's, as Istio merges them. */
import type { KubeObject } from '../../core/object.ts'
import type { Instant } from '../../core/units.ts'
import { annotations } from '../annotations.ts'
import { createRandom } from '../random.ts'
import type { Counted, Labels } from './counters.ts'

export const residentMemory = 'process_resident_memory_bytes'

type Gauge = { readonly name: string; readonly labels: Labels; value: number }

const mebibyte = 2 ** 20
/** It moves by so much of itself, up or down, from one scrape to the next. */
const unrest = 0.05

export class Memory {
  readonly #gauges = new Map<string, Gauge>()

  /** Nothing for a pod that does not say; the same at the same time. */
  of({ metadata }: KubeObject, now: Instant): readonly Counted[] {
    const usual = Number(metadata.annotations[annotations.memory] ?? Number.NaN)
    if (!(usual > 0)) return []
    const gauge = this.#gauges.get(metadata.uid) ?? { name: residentMemory, labels: {}, value: 0 }
    const shift = 2 * createRandom(`${metadata.uid}/${now}`)() - 1
    gauge.value = Math.round(usual * mebibyte * (1 + unrest * shift))
    this.#gauges.set(metadata.uid, gauge)
    return [gauge]
  }

  /** Of pods that are gone nothing is kept. */
  forget(alive: ReadonlySet<string>): void {
    for (const uid of this.#gauges.keys()) if (!alive.has(uid)) this.#gauges.delete(uid)
  }
}
