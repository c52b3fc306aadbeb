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
  /** The first of these, with the time. */
  readonly examples: readonly string[]
}

const mostExamples = 20

export class Tally {
  readonly #images = new Map<string, number>()
  #begun = 0
  #ended = 0
  #planted = 0
  #failures = 0
  #examples: readonly string[] = []
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
      examples: this.#examples,
    }
  }

  #failed(code: number, text: string): void {
    this.#failures += 1
    if (this.#examples.length === mostExamples) return
    const line = `${new Date().toISOString()} ${code} ${text.trim()}`
    this.#examples = [...this.#examples, line]
  }
}
