/** What a channel gathers evidence for. */
import type { ChannelName } from '../judge/verdict.ts'

export type Direction = 'against' | 'inFavour'

const claims: Readonly<Record<ChannelName, Readonly<Record<Direction, string>>>> = {
  failures: { against: 'fails more', inFavour: 'fails no more' },
  catastrophe: { against: 'fails outright', inFavour: 'does not fail outright' },
  latency: { against: 'is slower', inFavour: 'is no slower' },
}

/** Ends the sentence "the canary …". */
export function claim(name: ChannelName, direction: Direction): string {
  return claims[name][direction]
}
