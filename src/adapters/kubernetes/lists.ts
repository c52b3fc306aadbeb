/** Reads all objects of a kind, page by page, and follows what happens to them. */
import { isObject, listAt, parseJson, textAt } from '../../core/json.ts'
import type { Kind, KubeObject } from '../../core/object.ts'
import type { Duration } from '../../core/units.ts'
import { type Labels, PortError } from '../../ports.ts'
import type { Discovery } from './discovery.ts'
import { apiVersionOf, collectionPath, resourceOf } from './kinds.ts'
import { objectFrom } from './objects.ts'
import { refusal } from './refusal.ts'
import type { Transport } from './transport.ts'
import type { Listed, Source, WatchEvent } from './watch.ts'

const pageSize = 500
/** 200,000 objects. A list that does not end must not fill the memory. */
const mostPages = 400

export type Lists = {
  readonly transport: Transport
  readonly discovery: Discovery
  /** The only namespace that the program serves; empty for all. */
  readonly namespace: string
  /** Of some kinds only the objects that have this label. */
  readonly labelOf: LabelOf
  /** How long the server is asked to keep a watch open, at least; at most twice as long. */
  readonly watch: Duration
  /** From 0 to 1. */
  readonly chance: () => number
}

/** The label that objects of a kind must have, whatever its value. */
export type LabelOf = Partial<Readonly<Record<Kind, string>>>

/** One kind in one or in all namespaces. */
type Place = {
  readonly kind: Kind
  readonly version: string
  readonly namespace: string
  /** Empty for all. */
  readonly labels: Labels
}

/** What is asked for: of one namespace, or of all with an empty one. */
export type Asked = {
  readonly kind: Kind
  readonly namespace: string
  readonly labels?: Labels | undefined
}

export function sourceOf(lists: Lists, kind: Kind): Source {
  return {
    list: (signal) => listAll(lists, { kind, namespace: lists.namespace }, signal),
    follow: (from, signal) => follow(lists, kind, from, signal),
  }
}

/**
 * Undefined when the cluster does not serve the kind. A program that serves one namespace sees no cluster-scoped objects in
 * lists: it could not be given the right to them.
 */
export async function listAll(
  lists: Lists,
  { kind, namespace, labels = {} }: Asked,
  signal?: AbortSignal,
): Promise<Listed | undefined> {
  if (resourceOf(kind).scope === 'cluster' && lists.namespace !== '') return undefined
  const version = await lists.discovery.version(kind, signal)
  if (version === undefined) return undefined
  return pages(lists, { kind, version, namespace, labels }, signal)
}

async function pages(
  lists: Lists,
  place: Place,
  signal: AbortSignal | undefined,
): Promise<Listed | undefined> {
  const objects: KubeObject[] = []
  let more = ''
  for (let count = 0; count < mostPages; count += 1) {
    // oxlint-disable-next-line no-await-in-loop
    const page = await pageAt(lists, place, more, signal)
    if (page === undefined) return undefined
    objects.push(...page.objects)
    if (page.more === '') return { objects, resourceVersion: page.resourceVersion }
    more = page.more
  }
  throw new PortError(
    'unavailable',
    `list ${place.kind}: more than ${mostPages * pageSize} objects`,
  )
}

async function pageAt(
  lists: Lists,
  place: Place,
  more: string,
  signal: AbortSignal | undefined,
): Promise<(Listed & { readonly more: string }) | undefined> {
  const what = `list ${place.kind}`
  const query = {
    limit: String(pageSize),
    ...(more === '' ? {} : { continue: more }),
    ...selectorOf(lists, place),
  }
  const answer = await lists.transport.exchange(
    { what, method: 'GET', path: pathOf(place), query },
    signal,
  )
  if (answer.status === 404) {
    lists.discovery.forget(place.kind)
    return undefined
  }
  if (answer.status !== 200) throw refusal(what, answer)
  const resourceVersion = textAt(answer.body, 'metadata', 'resourceVersion')
  if (resourceVersion === undefined)
    throw new PortError('unavailable', `${what}: answered with no list`)
  const objects = listAt(answer.body, 'items')
    .map((item) => objectFrom(place.kind, versionOf(place), item))
    .filter((object) => object !== undefined)
  return { objects, resourceVersion, more: textAt(answer.body, 'metadata', 'continue') ?? '' }
}

async function* follow(
  lists: Lists,
  kind: Kind,
  from: string,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent> {
  const version = await lists.discovery.version(kind, signal)
  const place = { kind, version: version ?? '', namespace: lists.namespace, labels: {} }
  const lasts = lists.watch * (1 + lists.chance())
  const query = {
    ...selectorOf(lists, place),
    watch: 'true',
    allowWatchBookmarks: 'true',
    resourceVersion: from,
    timeoutSeconds: String(Math.ceil(lasts / 1000)),
  }
  const what = `watch ${kind}`
  const call = { what, method: 'GET', path: pathOf(place), query } as const
  const stream = await lists.transport.stream(call, longEnough(signal, lasts))
  if (stream.kind === 'refused') {
    if (stream.answer.status !== 404 && stream.answer.status !== 410)
      throw refusal(what, stream.answer)
    yield { kind: 'expired' }
    return
  }
  for await (const line of stream.lines) yield eventFrom(place, line)
}

/** The server ends a watch by itself; where it is gone without a word, we do, a little later. */
function longEnough(signal: AbortSignal, lasts: number): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(Math.ceil(lasts) + 30_000)])
}

/** Whatever is no event that we know means that something was missed. */
function eventFrom(place: Place, line: string): WatchEvent {
  const event = parseJson(line)
  if (!isObject(event)) return { kind: 'expired' }
  const resourceVersion = textAt(event, 'object', 'metadata', 'resourceVersion')
  if (event['type'] === 'BOOKMARK' && resourceVersion !== undefined)
    return { kind: 'bookmark', resourceVersion }
  const kind = kinds.get(textAt(event, 'type') ?? '')
  const object = objectFrom(place.kind, versionOf(place), event['object'])
  return kind === undefined || object === undefined ? { kind: 'expired' } : { kind, object }
}

const kinds: ReadonlyMap<string, 'set' | 'gone'> = new Map([
  ['ADDED', 'set'],
  ['MODIFIED', 'set'],
  ['DELETED', 'gone'],
])

function pathOf({ kind, version, namespace }: Place): string {
  return collectionPath(resourceOf(kind), version, namespace)
}

function selectorOf({ labelOf }: Lists, { kind, labels }: Place): Readonly<Record<string, string>> {
  const there = labelOf[kind]
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`)
  const selector = [...(there === undefined ? [] : [there]), ...pairs].join(',')
  return selector === '' ? {} : { labelSelector: selector }
}

function versionOf({ kind, version }: Place): string {
  return apiVersionOf(resourceOf(kind), version)
}
