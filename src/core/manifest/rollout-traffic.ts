/** `trafficRouting` of a Rollout as people write it → what shares the traffic out. */
import { z } from 'zod'
import { at, isObject, type Json, type JsonObject, listAt, objectAt, textAt } from '../json.ts'
import { type Problem, problem } from '../result.ts'
import type {
  DestinationRuleSpec,
  ServicesSpec,
  TrafficSpec,
  VirtualServiceSpec,
} from '../rollout/spec.ts'
import { type Fields, list, object, refused, served } from './fields.ts'
import { managedRules } from './rollout-managed.ts'
import { shown } from './shown.ts'

const virtualServiceFields: Fields = {
  name: served,
  routes: served,
  tlsRoutes: list({ port: served, sniHosts: served }),
  tcpRoutes: list({ port: served }),
}

/** Of `trafficRouting`. */
export const trafficFields: Fields = {
  istio: object({
    virtualService: object(virtualServiceFields),
    virtualServices: list(virtualServiceFields),
    destinationRule: object({
      name: served,
      canarySubsetName: served,
      stableSubsetName: served,
      additionalSubsetNames: served,
    }),
  }),
  ...Object.fromEntries(
    ['alb', 'ambassador', 'apisix', 'appMesh', 'nginx', 'plugins', 'smi', 'traefik'].map(
      (router) => [router, refused('use trafficRouting.istio', 'istio')],
    ),
  ),
  managedRoutes: list({ name: served }),
  maxTrafficWeight: refused(),
}

const text = z.string().min(1)
const port = z.int().min(0).max(65_535)

const virtualServiceSchema = z.strictObject({
  name: text,
  routes: z.array(text).default([]),
  tlsRoutes: z
    .array(z.strictObject({ port: port.optional(), sniHosts: z.array(text).default([]) }))
    .default([]),
  tcpRoutes: z.array(z.strictObject({ port: port.optional() })).default([]),
})

type VirtualServiceShape = {
  readonly name: string
  readonly routes: readonly string[]
  readonly tlsRoutes: readonly {
    readonly port?: number | undefined
    readonly sniHosts: readonly string[]
  }[]
  readonly tcpRoutes: readonly { readonly port?: number | undefined }[]
}

type DestinationRuleShape = {
  readonly name: string
  readonly canarySubsetName: string
  readonly stableSubsetName: string
  readonly additionalSubsetNames: readonly string[]
}

const destinationRuleSchema = z.strictObject({
  name: text,
  canarySubsetName: text,
  stableSubsetName: text,
  additionalSubsetNames: z.array(text).default([]),
})

type TrafficShape = {
  readonly istio: {
    readonly virtualService?: VirtualServiceShape | undefined
    readonly virtualServices?: readonly VirtualServiceShape[] | undefined
    readonly destinationRule?: DestinationRuleShape | undefined
  }
  readonly managedRoutes: readonly { readonly name: string }[]
}

export const trafficSchema: z.ZodType<TrafficShape> = z.strictObject({
  istio: z.strictObject({
    virtualService: virtualServiceSchema.optional(),
    virtualServices: z.array(virtualServiceSchema).optional(),
    destinationRule: destinationRuleSchema.optional(),
  }),
  managedRoutes: z.array(z.strictObject({ name: text })).default([]),
})

type PingPongShape = { readonly pingService: string; readonly pongService: string }

export const pingPongSchema: z.ZodType<PingPongShape> = z.strictObject({
  pingService: text,
  pongService: text,
})

export function toServices(shaped: {
  readonly stableService?: string | undefined
  readonly canaryService?: string | undefined
  readonly pingPong?: PingPongShape | undefined
}): ServicesSpec {
  const { stableService, canaryService, pingPong } = shaped
  return pingPong === undefined
    ? { kind: 'pair', stable: stableService, canary: canaryService }
    : { kind: 'ping-pong', ping: pingPong.pingService, pong: pingPong.pongService }
}

/** `beside` is the Rollout's namespace. */
export function toTraffic(shaped: TrafficShape | undefined, beside: string): TrafficSpec {
  if (shaped === undefined) return { kind: 'none' }
  const { istio, managedRoutes } = shaped
  const { virtualService, virtualServices = [], destinationRule } = istio
  const all = virtualService === undefined ? virtualServices : [virtualService]
  return {
    kind: 'mesh',
    form: virtualService === undefined ? 'list' : 'one',
    virtualServices: all.map((each) => toVirtualService(each, beside)),
    destinationRule: destinationRule && toDestinationRule(destinationRule),
    managedRoutes: managedRoutes.map(({ name }) => name),
  }
}

function toVirtualService(shaped: VirtualServiceShape, beside: string): VirtualServiceSpec {
  const { routes, tlsRoutes, tcpRoutes } = shaped
  return {
    ...virtualServiceName(shaped.name, beside),
    selection: {
      http: routes,
      tls: tlsRoutes.map((route) => ({ port: route.port, sniHosts: route.sniHosts })),
      tcp: tcpRoutes.map((route) => ({ port: route.port })),
    },
  }
}

/** `name` or `name.namespace`: a namespace holds no dot, so all but the last part is the name. */
function virtualServiceName(
  name: string,
  beside: string,
): Pick<VirtualServiceSpec, 'namespace' | 'name'> {
  const parts = name.replace(/\.cluster\.local$/, '').split('.')
  return parts.length < 2
    ? { namespace: beside, name }
    : { namespace: parts.at(-1) ?? beside, name: parts.slice(0, -1).join('.') }
}

function toDestinationRule(shaped: DestinationRuleShape): DestinationRuleSpec {
  return {
    name: shaped.name,
    stableSubset: shaped.stableSubsetName,
    canarySubset: shaped.canarySubsetName,
    additionalSubsets: shaped.additionalSubsetNames,
  }
}

/* ------------------------------------------------------------------ rules */

const canaryPath = 'spec.strategy.canary'
const istioPath = `${canaryPath}.trafficRouting.istio`

/** What Argo's validation asks of the traffic beyond the shape of single fields. They read `spec` as written. */
export const trafficRules: readonly ((spec: JsonObject) => readonly Problem[])[] = [
  servicesDiffer,
  subsetsDiffer,
  hostSplitHasServices,
  pingPongStandsAlone,
  oneFormOfVirtualServices,
  virtualServicesDiffer,
  ...managedRules,
]

function servicesDiffer(spec: JsonObject): readonly Problem[] {
  const stable = textAt(spec, 'strategy', 'canary', 'stableService')
  const canary = textAt(spec, 'strategy', 'canary', 'canaryService')
  if (stable === undefined || stable === '' || stable !== canary) return []
  const message = `must differ from canaryService, both are ${shown(stable)}`
  return [problem(`${canaryPath}.stableService`, message)]
}

function subsetsDiffer(spec: JsonObject): readonly Problem[] {
  const rule = istioOf(spec)['destinationRule'] ?? null
  const stable = textAt(rule, 'stableSubsetName')
  if (stable === undefined || stable !== textAt(rule, 'canarySubsetName')) return []
  const message = `must differ from canarySubsetName, both are ${shown(stable)}`
  return [problem(`${istioPath}.destinationRule.stableSubsetName`, message)]
}

/** Two Services, or two subsets: something must tell the sides apart. */
function hostSplitHasServices(spec: JsonObject): readonly Problem[] {
  const canary = objectAt(spec, 'strategy', 'canary')
  const istio = at(canary, 'trafficRouting', 'istio')
  if (!isObject(istio) || at(istio, 'destinationRule') || isObject(canary['pingPong'])) return []
  return ['canaryService', 'stableService'].flatMap((field) =>
    (canary[field] ?? null) === null ? [problem(`${canaryPath}.${field}`, 'is required')] : [],
  )
}

/** A pair beside it would leave it open which Services the routes are about. */
function pingPongStandsAlone(spec: JsonObject): readonly Problem[] {
  const canary = objectAt(spec, 'strategy', 'canary')
  const turns = canary['pingPong'] ?? null
  if (!isObject(turns)) return []
  const path = `${canaryPath}.pingPong`
  const { pingService, pongService } = turns
  return [
    ...(isObject(at(canary, 'trafficRouting', 'istio'))
      ? []
      : [problem(path, 'needs trafficRouting.istio')]),
    ...['canaryService', 'stableService'].flatMap((field) =>
      (canary[field] ?? null) === null
        ? []
        : [problem(`${canaryPath}.${field}`, 'must not stand beside pingPong; remove one of them')],
    ),
    ...(typeof pingService === 'string' && pingService === pongService
      ? [
          problem(
            `${path}.pongService`,
            `must differ from pingService, both are ${shown(pingService)}`,
          ),
        ]
      : []),
  ]
}

function oneFormOfVirtualServices(spec: JsonObject): readonly Problem[] {
  const istio = at(spec, 'strategy', 'canary', 'trafficRouting', 'istio')
  if (istio === undefined || istio === null) return []
  const one = (at(istio, 'virtualService') ?? null) !== null
  const several = at(istio, 'virtualServices')
  const listed = Array.isArray(several) && several.length > 0
  if (one !== listed) return []
  const message = one
    ? 'must hold exactly one of virtualService and virtualServices, holds both'
    : 'must hold virtualService or virtualServices, holds neither'
  return [problem(istioPath, message)]
}

function virtualServicesDiffer(spec: JsonObject): readonly Problem[] {
  const names = listAt(istioOf(spec)['virtualServices'] ?? null).map((each) => textAt(each, 'name'))
  return names.flatMap((name, index) =>
    name !== undefined && names.indexOf(name) < index
      ? [
          problem(
            `${istioPath}.virtualServices[${index}].name`,
            `must be there once, ${shown(name)} stands before; name all its routes in one entry`,
          ),
        ]
      : [],
  )
}

function istioOf(spec: Json): JsonObject {
  return objectAt(spec, 'strategy', 'canary', 'trafficRouting', 'istio')
}
