/** The routes of a VirtualService, one line each. */
import {
  type Json,
  type JsonObject,
  listAt,
  numberAt,
  objectAt,
  textAt,
} from '../../src/core/json.ts'

/** In the order in which Envoy tries them. Everything but the name and the destinations is told as it stands. */
export function routeFacts(name: string, spec: JsonObject): readonly (readonly [string, string])[] {
  return ['http', 'tls', 'tcp'].flatMap((protocol) =>
    listAt(spec, protocol).map(
      (route, index) => [`route ${name} ${protocol} ${index}`, routeText(objectAt(route))] as const,
    ),
  )
}

function routeText(route: JsonObject): string {
  const { name, route: _, ...rest } = route
  const to = listAt(route, 'route').map(destinationText).join(', ')
  const more = Object.keys(rest).length === 0 ? '' : ` ${sorted(rest)}`
  return `${typeof name === 'string' ? `${name}: ` : ''}${to}${more}`
}

function destinationText(entry: Json): string {
  const { host, subset, port } = objectAt(entry, 'destination')
  const where = [host, subset].filter((part) => typeof part === 'string').join('/')
  const at = port === undefined ? '' : `:${numberAt(port, 'number') ?? ''}`
  return `${where}${at} ${numberAt(entry, 'weight') ?? textAt(entry, 'weight') ?? '-'}`
}

/** JSON whose keys stand in one order, whoever wrote them. */
function sorted(value: Json): string {
  return JSON.stringify(value, (_key, inner: Json) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
