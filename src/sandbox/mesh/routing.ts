/** Where a VirtualService sends a plain request: `GET /` without any header that matters. */
import { at, isObject, type Json, listAt, numberAt, textAt } from '../../core/json.ts'
import type { KubeObject } from '../../core/object.ts'

export type Destination = {
  /** Of the Service. */
  readonly name: string
  readonly namespace: string
  readonly subset: string | undefined
}

export type Portion = { readonly destination: Destination; readonly weight: number }

/**
 * The portions of the first route that takes the request: shares are in proportion to the weights, zero gets none, and a
 * destination that stands alone gets everything. Undefined when no route takes it.
 */
export function portions({ json, metadata }: KubeObject): readonly Portion[] | undefined {
  const route = listAt(json, 'spec', 'http').find(takesPlainRequests)
  if (route === undefined) return undefined
  const all = listAt(route, 'route')
  return all.map((entry) => ({
    destination: destinationOf(entry, metadata.namespace),
    weight: all.length === 1 ? 1 : Math.max(0, numberAt(entry, 'weight') ?? 0),
  }))
}

function takesPlainRequests(route: Json): boolean {
  const matches = listAt(route, 'match')
  return matches.length === 0 || matches.some(matchesEverything)
}

function matchesEverything(match: Json): boolean {
  const asked = isObject(match) ? Object.keys(match).filter((key) => key !== 'name') : []
  return asked.every((key) => key === 'uri' && textAt(match, 'uri', 'prefix') === '/')
}

/** A short host is beside the VirtualService. */
function destinationOf(entry: Json, namespace: string): Destination {
  const destination = at(entry, 'destination')
  const [name = '', space = namespace] = (textAt(destination, 'host') ?? '').split('.')
  return { name, namespace: space, subset: textAt(destination, 'subset') }
}
