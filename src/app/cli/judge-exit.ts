/** Exit codes of `haldane judge`. Whatever keeps it from judging is 3: a script must never take a typo for a verdict. */
import type { Word } from './judge-lines.ts'

export const couldNotJudge = 3

const codes: Readonly<Record<Word, number>> = { 'no worse': 0, worse: 1, inconclusive: 2 }

/** From the best to the worst. */
const order: readonly number[] = [0, 2, 1, couldNotJudge]

export function exitCodeOf(word: Word): number {
  return codes[word]
}

export function worstOf(a: number, b: number): number {
  return order.indexOf(a) > order.indexOf(b) ? a : b
}
