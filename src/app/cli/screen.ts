/** A place in a terminal where a picture is drawn again and again. */
import type { Stop } from '../../ports.ts'
import type { Io } from './programs.ts'

const hideCursor = '\u001b[?25l'
const showCursor = '\u001b[?25h'
const clearLine = '\u001b[2K'
const clearBelow = '\u001b[J'

/** Hides the cursor while it draws; whoever opened it closes it. An interrupt does, too, and then nothing more is drawn. */
export class Screen {
  readonly #io: Pick<Io, 'out' | 'onInterrupt'>
  #drawn: string | undefined
  #forget: Stop | undefined
  #interrupted = false

  constructor(io: Pick<Io, 'out' | 'onInterrupt'>) {
    this.#io = io
  }

  /** Replaces what was drawn last. The same again writes nothing. */
  draw(text: string): void {
    if (this.#interrupted || text === this.#drawn) return
    this.#open()
    const lines = text.split('\n').map((line) => `${clearLine}${line}\n`)
    this.#io.out(`${this.#backToTop()}${lines.join('')}${clearBelow}`)
    this.#drawn = text
  }

  /** Leaves what was drawn where it is; the next picture begins below. */
  keep(): void {
    this.#drawn = undefined
  }

  /** Harmless when nothing was drawn, or twice. */
  close(): void {
    if (this.#forget === undefined) return
    this.#forget()
    this.#forget = undefined
    this.#drawn = undefined
    this.#io.out(showCursor)
  }

  #open(): void {
    if (this.#forget !== undefined) return
    this.#forget = this.#io.onInterrupt(() => this.#interrupt())
    this.#io.out(hideCursor)
  }

  #interrupt(): void {
    this.#interrupted = true
    this.close()
  }

  #backToTop(): string {
    return this.#drawn === undefined ? '' : `\r\u001b[${this.#drawn.split('\n').length}A`
  }
}
