/** The way to a real cluster. */

import type { Duration } from '../../core/units.ts'
import { milliseconds, minutes, seconds } from '../../core/units.ts'
import type { Cluster, Log } from '../../ports.ts'
import { accessTo, type Where } from './access.ts'
import { createCluster } from './cluster.ts'
import { createDiscovery } from './discovery.ts'
import type { LabelOf } from './lists.ts'
import { createTransport } from './transport.ts'

export type ConnectOptions = Where & {
  /** Lists and watches only there; all namespaces when left out. */
  readonly namespace?: string
  /** Lists and watches of these kinds bring only objects that have the label; an object that loses it is gone. */
  readonly labelOf?: LabelOf
  /** Hears of watches that fail, once for each new reason. */
  readonly log?: Log
  readonly timing?: Partial<Timing>
  /** From 0 to 1; spreads reconnections. */
  readonly chance?: () => number
}

export type Timing = {
  /** For one whole answer; for a watch, until it opens. */
  readonly request: Duration
  /** How long the server is asked to keep a watch open, at least; at most twice as long. */
  readonly watch: Duration
  /** Between looks for a kind that the cluster does not serve. */
  readonly probe: Duration
  /** After the first failure of a watch; doubles from failure to failure. */
  readonly firstPause: Duration
  readonly longestPause: Duration
}

const usual: Timing = {
  request: seconds(10),
  watch: minutes(5),
  probe: seconds(30),
  firstPause: milliseconds(500),
  longestPause: seconds(30),
}

/** Throws PortError `invalid` when no configuration leads to a cluster. Does not talk to the cluster yet. */
export function connect(options: ConnectOptions): Cluster {
  const timing = { ...usual, ...options.timing }
  const chance = options.chance ?? Math.random
  const transport = createTransport(accessTo(options), timing.request)
  return createCluster({
    transport,
    discovery: createDiscovery(transport),
    namespace: options.namespace ?? '',
    labelOf: options.labelOf ?? {},
    watch: timing.watch,
    chance,
    paceOf: (kind) => ({
      ...timing,
      chance,
      trouble: (error) =>
        options.log?.warn('a watch failed and is tried again', { kind, error: error.message }),
    }),
  })
}
