/** Deals out requests: from the gateway by the weights that it carries to pods that are ready, counted on both sides. */
import type { KubeObject } from '../../core/object.ts'
import type { Random } from '../random.ts'
import { binomial, multinomial } from '../sampling.ts'
import { type Behaviour, behaviourOf } from './behaviour.ts'
import { Counters, type LabelSet, type Labels, type Times } from './counters.ts'
import {
  type Answer,
  answeredLabels,
  receivedLabels,
  refusedLabels,
  type ServiceLabels,
  serviceLabels,
  undeliveredLabels,
  unknownService,
} from './labels.ts'
import type { LatencyShape } from './latency.ts'
import { type Peer, peerOf } from './peer.ts'
import { type Destination, portions } from './routing.ts'
import type { View } from './view.ts'

const fine: Answer = { code: '200', flags: '-' }
const broken: Answer = { code: '500', flags: '-' }
const refused: Answer = { code: '503', flags: 'UF' }
const nobodyReady: Answer = { code: '503', flags: 'UH' }
const noCluster: Answer = { code: '503', flags: 'NC' }
const noRoute: Answer = { code: '404', flags: 'NR' }

/** A pod as the mesh sees it, worked out once for each state of it. */
type Known = { readonly peer: Peer; readonly key: string; readonly behaviour: Behaviour }

export class Traffic {
  readonly gateway: Counters = new Counters()
  readonly #view: View
  readonly #random: Random
  readonly #known = new WeakMap<KubeObject, Known>()
  readonly #proxies = new Map<string, Counters>()

  constructor(view: View, random: Random) {
    this.#view = view
    this.#random = random
  }

  /** The counters of a pod's own proxy: new with every pod. */
  proxyOf({ metadata: { uid } }: KubeObject): Counters {
    const proxy = this.#proxies.get(uid) ?? new Counters()
    this.#proxies.set(uid, proxy)
    return proxy
  }

  /** Forgets the proxies of pods that are no more. */
  forget(alive: ReadonlySet<string>): void {
    for (const uid of this.#proxies.keys()) {
      if (!alive.has(uid)) this.#proxies.delete(uid)
    }
  }

  send(virtualService: KubeObject, requests: number): void {
    const shares = portions(virtualService) ?? []
    const weights = shares.map(({ weight }) => weight)
    if (!weights.some((weight) => weight > 0)) return this.#lose(unknownService, noRoute, requests)
    const counts = multinomial(this.#random, requests, weights)
    for (const [index, { destination }] of shares.entries()) {
      this.#route(destination, counts[index] ?? 0)
    }
  }

  #route(destination: Destination, requests: number): void {
    const service = this.#view.service(destination)
    const subset = destination.subset
    const labels =
      service === undefined || subset === undefined ? {} : this.#view.subsetLabels(service, subset)
    if (service === undefined || labels === undefined) {
      this.#lose(unknownService, noCluster, requests)
    } else {
      this.#balance(serviceLabels(service), this.#view.readyPods(service, labels), requests)
    }
  }

  #balance(service: ServiceLabels, pods: readonly KubeObject[], requests: number): void {
    if (pods.length === 0) return this.#lose(service, nobodyReady, requests)
    const evenly = pods.map(() => 1)
    const counts = multinomial(this.#random, requests, evenly)
    for (const [index, pod] of pods.entries()) this.#deliver(service, pod, counts[index] ?? 0)
  }

  #deliver(service: ServiceLabels, pod: KubeObject, requests: number): void {
    const known = this.#knownOf(pod)
    if (known.behaviour.crash) {
      const labels = refusedLabels(known.peer, service, refused)
      this.gateway.requests(labelSet(known.key, service, labels), requests)
      return
    }
    const failures = binomial(this.#random, requests, known.behaviour.failures)
    this.#answer(service, pod, { answer: fine, requests: requests - failures })
    this.#answer(service, pod, { answer: broken, requests: failures })
  }

  #answer(
    asked: ServiceLabels,
    pod: KubeObject,
    { answer, requests }: { readonly answer: Answer; readonly requests: number },
  ): void {
    if (requests === 0) return
    const { peer, key, behaviour } = this.#knownOf(pod)
    const times = timesOf(this.#random, behaviour.latency, requests)
    const first = this.#view.serviceOf(pod)
    const named = first === undefined ? unknownService : serviceLabels(first)
    const there = labelSet(key, named, receivedLabels(peer, named, answer))
    const here = labelSet(key, asked, answeredLabels(peer, asked, answer))
    count(this.proxyOf(pod), there, requests, times)
    count(this.gateway, here, requests, times)
  }

  /** No answer took any time here: what never reached a pod has no duration. */
  #lose(service: ServiceLabels, answer: Answer, requests: number): void {
    const labels = undeliveredLabels(service, answer)
    this.gateway.requests(labelSet('', service, labels), requests)
  }

  #knownOf(pod: KubeObject): Known {
    const known = this.#known.get(pod) ?? know(pod)
    this.#known.set(pod, known)
    return known
  }
}

function know(pod: KubeObject): Known {
  const peer = peerOf(pod)
  return { peer, key: Object.values(peer).join('|'), behaviour: behaviourOf(pod) }
}

function count(proxy: Counters, labels: LabelSet, requests: number, times: Times): void {
  proxy.requests(labels, requests)
  proxy.times(labels, times)
}

/** Peer, Service, code and flags are all that tells series of one proxy apart. */
function labelSet(peer: string, { host }: ServiceLabels, labels: Labels): LabelSet {
  const key = [peer, host, labels['response_code'], labels['response_flags']].join('|')
  return { key, labels }
}

function timesOf(random: Random, { shares, means }: LatencyShape, requests: number): Times {
  const buckets = multinomial(random, requests, shares)
  const sum = buckets.reduce((total, answers, index) => total + answers * (means[index] ?? 0), 0)
  return { buckets, sum: Math.round(sum) }
}
