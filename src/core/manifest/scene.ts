/** Everything around a Rollout → the scene that one pass decides on; or all problems that keep it from being decided. */
import { canaryWeight, drivenRoutes } from '../mesh/routes.ts'
import type { KubeObject, ObjectRef } from '../object.ts'
import { failed, ok, type Problem, problem, type Result } from '../result.ts'
import type { ReplicaSetFacts } from '../rollout/facts.ts'
import { managedByAnnotation } from '../rollout/keys.ts'
import type { Identity, RouteFacts, Scene } from '../rollout/scene.ts'
import type { RolloutSpec } from '../rollout/spec.ts'
import { type Analyses, analysesOf, templateRefs } from './analyses.ts'
import { replicaSetFacts, runFacts, serviceFacts } from './facts.ts'
import type { JudgeDefaults } from './judge-settings.ts'
import { isMadeOf } from './known-template.ts'
import { podTemplateHash, stepHash } from './pod-template-hash.ts'
import { parseRollout } from './rollout.ts'
import { parseRolloutStatus } from './rollout-status.ts'

/** What was read. `find` looks into the same picture. */
export type Surroundings = {
  readonly rollout: KubeObject
  /** Owned by the Rollout. */
  readonly replicaSets: readonly KubeObject[]
  readonly runs: readonly KubeObject[]
  readonly find: (ref: ObjectRef) => KubeObject | undefined
  readonly defaults: JudgeDefaults
}

/** A scene, and what keeps its analyses from being made: that stands in the way forward, never in the way back. */
export type Sight = { readonly scene: Scene; readonly problems: readonly Problem[] }

export function sceneOf(around: Surroundings): Result<Sight> {
  const spec = parseRollout(around.rollout.json)
  if (!spec.ok) return spec
  const services = servicesOf(spec.value, around)
  const route = routeOf(spec.value, around)
  const analyses = analysesOf(spec.value, around)
  const problems = analyses.ok ? [] : analyses.problems
  if (!services.ok || !route.ok) {
    return failed(...problemsOf(services), ...problemsOf(route), ...problems)
  }
  const parts = {
    services: services.value,
    route: route.value,
    analyses: analyses.ok ? analyses.value : noAnalyses,
  }
  return ok({ scene: assemble(around, spec.value, parts), problems })
}

const noAnalyses: Analyses = { background: undefined, steps: new Map() }

function problemsOf(part: Result<unknown>): readonly Problem[] {
  return part.ok ? [] : part.problems
}

/** The objects that a Rollout names: a change of one of them is a reason to look at it again. */
export function referencesOf(rollout: KubeObject): readonly ObjectRef[] {
  const spec = parseRollout(rollout.json)
  if (!spec.ok) return []
  const { namespace } = rollout.metadata
  const { canaryService, stableService, virtualService } = spec.value.canary
  return [
    { kind: 'Service', namespace, name: canaryService },
    { kind: 'Service', namespace, name: stableService },
    { kind: 'VirtualService', namespace: virtualService.namespace, name: virtualService.name },
    ...templateRefs(spec.value, namespace),
  ]
}

type Parts = Pick<Scene, 'services' | 'route'> & { readonly analyses: Analyses }

function assemble(
  { rollout, replicaSets, runs }: Surroundings,
  spec: RolloutSpec,
  parts: Parts,
): Scene {
  const status = parseRolloutStatus(rollout.json)
  const facts = replicaSets.map(replicaSetFacts)
  return {
    rollout: identityOf(rollout),
    spec,
    status,
    templateHash: templateHashOf(spec, status.collisionCount, facts),
    stepHash: stepHash(spec.canary.stepsJson),
    replicaSets: facts,
    runs: runs.flatMap((run) => runFacts(run)),
    ...parts,
  }
}

/** One template never gets two ReplicaSets: one that was made of it keeps its name, whoever made it, the oldest first. */
function templateHashOf(
  { template }: RolloutSpec,
  collisions: number | undefined,
  known: readonly ReplicaSetFacts[],
): string {
  const hash = podTemplateHash(template, collisions)
  if (known.some((each) => each.hash === hash)) return hash
  const oldestFirst = known.toSorted((a, b) => a.createdAt - b.createdAt)
  return oldestFirst.find((each) => isMadeOf(each.template, template))?.hash ?? hash
}

function identityOf({ metadata }: KubeObject): Identity {
  const { namespace, name, uid, generation, annotations } = metadata
  return { namespace, name, uid, generation, annotations }
}

function servicesOf({ canary }: RolloutSpec, around: Surroundings): Result<Scene['services']> {
  const stable = serviceOf(canary.stableService, 'stableService', around)
  const other = serviceOf(canary.canaryService, 'canaryService', around)
  if (stable.ok && other.ok)
    return ok({ stable: serviceFacts(stable.value), canary: serviceFacts(other.value) })
  return failed(...problemsOf(stable), ...problemsOf(other))
}

function serviceOf(
  name: string,
  field: string,
  { rollout, find }: Surroundings,
): Result<KubeObject> {
  const { namespace } = rollout.metadata
  const path = `spec.strategy.canary.${field}`
  const service = find({ kind: 'Service', namespace, name })
  if (service === undefined)
    return failed(
      problem(
        path,
        `Service '${name}' does not exist in namespace '${namespace}'; create it or change the name`,
      ),
    )
  const owner = service.metadata.annotations[managedByAnnotation]
  if (owner !== undefined && owner !== rollout.metadata.name) {
    return failed(
      problem(
        path,
        `Service '${name}' is managed by another Rollout, '${owner}'; give each Rollout Services of its own`,
      ),
    )
  }
  return ok(service)
}

function routeOf({ canary }: RolloutSpec, { rollout, find }: Surroundings): Result<RouteFacts> {
  const { namespace, name, routes } = canary.virtualService
  const ref: ObjectRef = { kind: 'VirtualService', namespace, name }
  const found = find(ref)
  const path = 'spec.strategy.canary.trafficRouting.istio.virtualService'
  if (found === undefined)
    return failed(
      problem(
        `${path}.name`,
        `VirtualService '${name}' does not exist in namespace '${namespace}'; create it or change the name`,
      ),
    )
  const { stableService, canaryService } = canary
  const driven = drivenRoutes(found.json, {
    namespace: rollout.metadata.namespace,
    stableService,
    canaryService,
    routes,
  })
  if (!driven.ok) return failed(...driven.problems.map((inner) => within(inner, path, name)))
  return ok({
    ref,
    resourceVersion: found.metadata.resourceVersion,
    routes: driven.value,
    canary: canaryWeight(driven.value),
  })
}

function within(inner: Problem, path: string, name: string): Problem {
  return problem(path, `VirtualService '${name}' ${inner.path} ${inner.message}`)
}
