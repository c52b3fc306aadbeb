/**
 * A sample has the time at which its scrape began and is in the store when the scrape is over; proxies flush and stores ingest a little late, too. An
 * instant that is read sooner may read otherwise later, however short the blocks are.
 */
import { type Duration, seconds } from '../units.ts'

export const settling: Duration = seconds(5)
