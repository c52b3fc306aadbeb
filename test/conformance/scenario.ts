/** What a scenario is made of: objects, what is done to them, and stations at which the world is looked at. */
import type { JsonObject } from '../../src/core/json.ts'
import type { Fact } from './facts.ts'
import type { KindName } from './kinds.ts'

export type Scenario = {
  /** Kebab-case: it names the trace, and the namespace. */
  readonly name: string
  /** Created in this order before anything else happens. */
  readonly objects: readonly JsonObject[]
  readonly play: readonly Act[]
}

export type Named = { readonly kind: KindName; readonly name: string }

/** `said` is what `phase message` must match; what else must hold goes into `facts`. `until` is one that is only waited for. */
export type Station = {
  readonly act: 'station' | 'until'
  readonly name: string
  readonly said: RegExp
  readonly facts: Readonly<Record<string, Fact | RegExp>>
}

export type Act =
  | Station
  | { readonly act: 'apply'; readonly objects: readonly JsonObject[] }
  | { readonly act: 'merge'; readonly of: Named; readonly body: JsonObject }
  | { readonly act: 'scale'; readonly replicas: number }
  | { readonly act: 'remove'; readonly of: Named }
  /** What `kubectl argo rollouts` does. */
  | { readonly act: 'abort' | 'retry' | 'promote' | 'promote-full' | 'restart-pods' }
  | { readonly act: 'undo'; readonly revision: number }
  /** Held pods of a revision become ready, or ready ones stop being it. */
  | {
      readonly act: 'pods'
      readonly revision: number
      readonly count: number
      readonly ready: boolean
    }
  | { readonly act: 'restart-controller' }
  | { readonly act: 'wait'; readonly seconds: number }

/** Waits until the Rollout says this and the facts hold, then until nothing moves any more, and looks around. */
export function at(
  name: string,
  said: string | RegExp,
  facts: Readonly<Record<string, Fact | RegExp>> = {},
): Act {
  return stationAt(name, said, facts)
}

/** Waits until the Rollout says this and the facts hold. */
export function until(
  said: string | RegExp,
  facts: Readonly<Record<string, Fact | RegExp>> = {},
): Act {
  return { ...stationAt('', said, facts), act: 'until' }
}

function stationAt(name: string, said: string | RegExp, facts: Station['facts']): Station {
  const pattern = typeof said === 'string' ? new RegExp(`^${escaped(said)}`) : said
  return { act: 'station', name, said: pattern, facts }
}

export const abort: Act = { act: 'abort' }
export const retry: Act = { act: 'retry' }
export const promote: Act = { act: 'promote' }
export const promoteFull: Act = { act: 'promote-full' }
/** Pods made before now are to be replaced. */
export const restartPods: Act = { act: 'restart-pods' }
export const restartController: Act = { act: 'restart-controller' }

export function undo(revision: number): Act {
  return { act: 'undo', revision }
}

/** Through the `scale` subresource, as an HPA does. */
export function scale(replicas: number): Act {
  return { act: 'scale', replicas }
}

/** For time that has to pass while nothing is seen. */
export function wait(seconds: number): Act {
  return { act: 'wait', seconds }
}

export function ready(revision: number, count: number): Act {
  return { act: 'pods', revision, count, ready: true }
}

export function unready(revision: number, count: number): Act {
  return { act: 'pods', revision, count, ready: false }
}

export function apply(...objects: readonly JsonObject[]): Act {
  return { act: 'apply', objects }
}

export function merge(kind: KindName, name: string, body: JsonObject): Act {
  return { act: 'merge', of: { kind, name }, body }
}

export function remove(kind: KindName, name: string): Act {
  return { act: 'remove', of: { kind, name } }
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
}
