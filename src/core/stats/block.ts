/** What happened on both sides during the same stretch of time. */

/** Requests that ended, and those of them that failed. */
export type Tally = { readonly requests: number; readonly failures: number }

export type BlockCounts = { readonly canary: Tally; readonly stable: Tally }

/**
 * The line between no worse and worse: `p_canary = ratio * p_stable + points`.
 * `ratio` is above 0, `points` is a share of requests, 0.0002 for 0.02 points.
 */
export type Boundary = { readonly ratio: number; readonly points: number }

/** A block in which one side had no requests compares nothing. */
export function isEmpty(block: BlockCounts): boolean {
  return !(block.canary.requests > 0 && block.stable.requests > 0)
}
