/** Who answered, and what failed without a pod's doing. */

export type Answer = {
  /** 0 when there was none. */
  readonly code: number
  /** Of the pod that answered; undefined when none did. */
  readonly image: string | undefined
  readonly text: string
}

export type Told = {
  readonly requests: number
  /** Answers by image, failures that were planted included. */
  readonly images: Readonly<Record<string, number>>
  /** Failures that a pod itself answered with: planted ones. */
  readonly planted: number
  /** Failures that no pod answered with. */
  readonly failures: number
  /** The same by code and text; what is told of them is bounded. */
  readonly reasons: Readonly<Record<string, number>>
  /** When the first of them came, in milliseconds since 1970. */
  readonly moments: readonly number[]
}

const mostReasons = 20
const mostMoments = 100

export class Tally {
  readonly #images = new Map<string, number>()
  #begun = 0
  #ended = 0
  #planted = 0
  #failures = 0
  readonly #reasons = new Map<string, number>()
  readonly #moments: number[] = []
  #settled: (() => void) | undefined

  /** How many are on their way. */
  get pending(): number {
    return this.#begun - this.#ended
  }

  begin(): void {
    this.#begun += 1
  }

  answered({ code, image, text }: Answer): void {
    this.#ended += 1
    if (image === undefined) this.#failed(code, text)
    else {
      this.#images.set(image, (this.#images.get(image) ?? 0) + 1)
      if (code !== 200) this.#planted += 1
    }
    if (this.pending === 0) this.#settled?.()
  }

  whenSettled(settled: () => void): void {
    this.#settled = settled
    if (this.pending === 0) settled()
  }

  told(): Told {
    return {
      requests: this.#ended,
      images: Object.fromEntries(this.#images),
      planted: this.#planted,
      failures: this.#failures,
      reasons: Object.fromEntries(this.#reasons),
      moments: this.#moments,
    }
  }

  #failed(code: number, text: string): void {
    this.#failures += 1
    if (this.#moments.length < mostMoments) this.#moments.push(Date.now())
    const reason = `${code} ${text.trim()}`
    const known = this.#reasons.get(reason)
    if (known === undefined && this.#reasons.size === mostReasons) return
    this.#reasons.set(reason, (known ?? 0) + 1)
  }
}
