/** Who refers to what: a Service that changes is a reason to look at the Rollouts that name it. */
import { keyOf, type ObjectRef } from '../../core/object.ts'

export class References {
  readonly #to = new Map<string, readonly string[]>()
  readonly #from = new Map<string, Set<string>>()

  /** Replaces what `key` refers to; nothing forgets it. Gives the targets that it refers to no longer. */
  set(key: string, references: readonly ObjectRef[]): readonly string[] {
    const before = this.#to.get(key) ?? []
    for (const old of before) this.#drop(old, key)
    const targets = references.map(keyOf)
    if (targets.length === 0) this.#to.delete(key)
    else this.#to.set(key, targets)
    for (const target of targets) {
      this.#from.set(target, (this.#from.get(target) ?? new Set()).add(key))
    }
    return before.filter((target) => !targets.includes(target))
  }

  referrersOf(target: string): readonly string[] {
    return [...(this.#from.get(target) ?? [])]
  }

  #drop(target: string, key: string): void {
    const referrers = this.#from.get(target)
    referrers?.delete(key)
    if (referrers?.size === 0) this.#from.delete(target)
  }
}
