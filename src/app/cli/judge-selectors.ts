/**
 * Any two sides, each found by a label selector. The judge tells sides by the names of pods, so each pod gets a name that says on which side it was
 * found; all else is as for a Rollout.
 */
import type { Reading, Series } from '../../core/judge/reading.ts'
import { troubleSentence } from '../../core/judge/sentence.ts'
import type { Trial } from '../../core/judge/trial.ts'
import type { Side, TroubleReason } from '../../core/judge/verdict.ts'
import type { Instant } from '../../core/units.ts'
import type { Metrics, Window } from '../../ports.ts'
import type { SelectedSides } from './judge-options.ts'
import type { Answers, Witness } from './judge-witness.ts'

const found: Omit<Trial, 'since'> = {
  namespace: '',
  rollout: 'selected',
  canaryHash: 'canary',
  stableHash: 'stable',
  canaryService: '',
  stableService: '',
}

/** Nobody knows which callers to ask: none is. */
const notAsked: Reading = { kind: 'series', series: [] }

export function selectorWitness(sides: SelectedSides, since: Instant, metrics: Metrics): Witness {
  const canary = queryFor(sides.canary)
  const stable = queryFor(sides.stable)
  const answer = async (window: Window): Promise<Answers> => {
    const [ofCanary, ofStable] = await Promise.all([
      metrics.range(canary, window),
      metrics.range(stable, window),
    ])
    return { destination: together(ofCanary, ofStable), source: notAsked }
  }
  return {
    name: sides.canary,
    trial: { ...found, since },
    queries: [
      { name: 'requests', title: 'Every outcome of the canary side, by pod', promql: canary },
      { name: 'requests', title: 'Every outcome of the stable side, by pod', promql: stable },
    ],
    answer,
    missing: (because) => missing(because, sides),
  }
}

/** The service's own proxies, unless the selector says whom to ask: each request is reported by both ends. */
function queryFor(selector: string): string {
  const labels = selector.slice(1, -1).trim().replace(/,$/, '')
  const reporter = /\breporter\s*[=!]/.test(labels) ? '' : 'reporter="destination"'
  const all = [labels, reporter].filter(Boolean).join(',')
  return `sum by (pod, response_code, grpc_response_status, response_flags) (istio_requests_total{${all}})`
}

/** One side alone is no answer. */
function together(canary: Reading, stable: Reading): Reading {
  if (canary.kind !== 'series') return canary
  if (stable.kind !== 'series') return stable
  return { kind: 'series', series: [...named('canary', canary), ...named('stable', stable)] }
}

function named(side: Side, { series }: { readonly series: readonly Series[] }): readonly Series[] {
  return series.map(({ labels, samples }) => ({
    labels: { ...labels, pod: nameOf(side, labels['pod'] ?? '') },
    samples,
  }))
}

/** `selected-canary-72657669657773`: letters that a pod's suffix may have, and no two pods alike. */
function nameOf(side: Side, pod: string): string {
  return `${found.rollout}-${side}-x${Buffer.from(pod).toString('hex')}`
}

function missing(because: TroubleReason, sides: SelectedSides): string {
  if (because.code === 'NoPodsSeen')
    return `no istio_requests_total matches ${sides.canary} or ${sides.stable}; are the labels right, and the time?`
  if (because.code === 'SideMissing')
    return `no istio_requests_total matches the ${because.side} side, ${sides[because.side]}; are the labels right, and the time?`
  return troubleSentence(because)
}
