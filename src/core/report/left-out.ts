/** Why a block of traffic was not judged, in words. Decided by who was there, never by how requests ended. */
import type { LeftOut } from '../judge/verdict.ts'

const words: Readonly<Record<LeftOut, string>> = {
  'canary-warming-up':
    'every canary pod was still warming up; only outright failure was watched for',
  'canary-without-requests': 'the canary had no request',
  'stable-without-requests': 'the stable side had no request',
  'canary-not-there-yet': 'no canary pod had been seen yet',
  'side-missing-too-long':
    'one side was missing for so long that the two could no longer be compared',
}

const codes: readonly LeftOut[] = [
  'canary-not-there-yet',
  'canary-warming-up',
  'canary-without-requests',
  'stable-without-requests',
  'side-missing-too-long',
]

export type LeftOutBlocks = {
  readonly code: LeftOut
  readonly text: string
  readonly blocks: number
}

/** In the order in which a release meets them. */
export function leftOutBlocks(
  counts: Readonly<Partial<Record<LeftOut, number>>>,
): readonly LeftOutBlocks[] {
  return codes
    .map((code) => ({ code, text: words[code], blocks: counts[code] ?? 0 }))
    .filter(({ blocks }) => blocks > 0)
}
