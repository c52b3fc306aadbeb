/**
 * The worlds in which a judge must not be fooled. spec: clean, drift, shared, podburst, cluster, all; beyond it what services also do.
 *
 * Each is a service of 20 pods. In all of them a good canary is exactly as good as the stable side: same law, own chance.
 */

/** How failures come: each alone, in clusters of a mean of five within an instant, or as the three tries of one request. */
export type Coming = 'alone' | 'clusters' | 'threes'

export type Latency = {
  /** All pods wander together by 15 %, each by 4 %. */
  readonly wanders: boolean
  /** Each pod pauses now and then. */
  readonly pauses: boolean
  /** Standard deviation of the pods' own lasting speed, as a logarithm. */
  readonly unevenness: number
}

export type World = {
  readonly name: string
  /** Traffic rises and falls by 40 %. */
  readonly drifts: boolean
  /** Twice in the release and twice in the history, both sides fail 5 points more and take twice as long, for one to two minutes. */
  readonly incidents: boolean
  /** Each pod fails 20 points more for 10 seconds every 20 minutes, on average. */
  readonly bursts: boolean
  readonly coming: Coming
  /** Standard deviation of the logarithm of the pods' own lasting failure ratios. */
  readonly unevenness: number
  /** Traffic flows for two minutes and rests for one, on average. */
  readonly rests: boolean
  /** A fresh canary pod fails 2 points more and takes 2.5 times as long, less and less: e-fold in 30 s and 40 s. */
  readonly warmsUp: boolean
  /** Undefined where requests have no duration. */
  readonly latency: Latency | undefined
}

const clean: World = {
  name: 'clean',
  drifts: false,
  incidents: false,
  bursts: false,
  coming: 'alone',
  unevenness: 0,
  rests: false,
  warmsUp: false,
  latency: undefined,
}

const drift: World = { ...clean, name: 'drift', drifts: true }
const shared: World = { ...drift, name: 'shared', incidents: true }
const podburst: World = { ...clean, name: 'podburst', bursts: true }
const cluster: World = { ...clean, name: 'cluster', coming: 'clusters' }
const all: World = { ...shared, name: 'all', bursts: true, coming: 'clusters' }
const uneven3: World = { ...clean, name: 'uneven 0.3', unevenness: 0.3 }
const uneven7: World = { ...clean, name: 'uneven 0.7', unevenness: 0.7 }
const retries: World = { ...clean, name: 'retries', coming: 'threes' }
const stopAndGo: World = { ...clean, name: 'stop and go', rests: true }
const warmUp: World = { ...clean, name: 'warm-up', warmsUp: true }

export type FailureWorld =
  | 'clean'
  | 'drift'
  | 'shared'
  | 'podburst'
  | 'cluster'
  | 'all'
  | 'uneven3'
  | 'uneven7'
  | 'retries'
  | 'stopAndGo'
  | 'warmUp'

export const failureWorlds: Readonly<Record<FailureWorld, World>> = {
  clean,
  drift,
  shared,
  podburst,
  cluster,
  all,
  uneven3,
  uneven7,
  retries,
  stopAndGo,
  warmUp,
}

const even: Latency = { wanders: false, pauses: false, unevenness: 0 }
const wandering: Latency = { ...even, wanders: true }
const pausing: Latency = { ...even, pauses: true }

export type LatencyWorld = 'clean' | 'shared' | 'podfx' | 'gc' | 'all' | 'uneven' | 'warmUp'

/** Failures are in them, too: a whole judge is judged, not a channel. */
export const latencyWorlds: Readonly<Record<LatencyWorld, World>> = {
  clean: { ...clean, latency: even },
  shared: { ...shared, latency: even },
  podfx: { ...clean, name: 'podfx', latency: wandering },
  gc: { ...clean, name: 'gc', latency: pausing },
  all: { ...all, latency: { ...wandering, pauses: true } },
  uneven: { ...clean, name: 'uneven 0.05', latency: { ...even, unevenness: 0.05 } },
  warmUp: { ...warmUp, latency: even },
}
