/** Which version of Istio's proxy a pod runs, where its template says so. */
import type { KubeObject } from '../../core/object.ts'
import { annotations } from '../annotations.ts'
import type { Counted } from './counters.ts'

export const proxyBuild = 'istio_build'

export class ProxyBuilds {
  readonly #gauges = new Map<string, Counted>()

  of({ metadata }: KubeObject): readonly Counted[] {
    const tag = metadata.annotations[annotations.proxyVersion]
    if (tag === undefined) return []
    const labels = { component: 'proxy', tag }
    const gauge = this.#gauges.get(metadata.uid) ?? { name: proxyBuild, labels, value: 1 }
    this.#gauges.set(metadata.uid, gauge)
    return [gauge]
  }

  /** Of pods that are gone nothing is kept. */
  forget(alive: ReadonlySet<string>): void {
    for (const uid of this.#gauges.keys()) if (!alive.has(uid)) this.#gauges.delete(uid)
  }
}
