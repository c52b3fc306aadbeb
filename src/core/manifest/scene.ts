/** Everything around a Rollout → the scene that one pass decides on; or all problems that keep it from being decided. */
import type { KubeObject, ObjectRef } from '../object.ts'
import { failed, ok, type Problem, type Result } from '../result.ts'
import type { ReplicaSetFacts } from '../rollout/facts.ts'
import { templateAnnotation } from '../rollout/keys.ts'
import { generatedName } from '../rollout/names.ts'
import type { Identity, Scene } from '../rollout/scene.ts'
import type { RolloutSpec } from '../rollout/spec.ts'
import type { WorkloadFacts } from '../rollout/workload.ts'
import { type Analyses, analysesOf, templateRefs } from './analyses.ts'
import { replicaSetFacts, runFacts } from './facts.ts'
import type { JudgeDefaults } from './judge-settings.ts'
import { isMadeOf } from './known-template.ts'
import { stepHash, templateHashes } from './pod-template-hash.ts'
import { parseRollout, salvageRollout } from './rollout.ts'
import { parseRolloutStatus } from './rollout-status.ts'
import { type Read, servicesSeen, trafficRefs, trafficSeen } from './traffic.ts'
import {
  type FoundWorkload,
  isMissing,
  withWorkload,
  workloadFacts,
  workloadOf,
  workloadRefOf,
} from './workload.ts'

/** What was read. `find` looks into the same picture. */
export type Surroundings = {
  readonly rollout: KubeObject
  /** Owned by the Rollout. */
  readonly replicaSets: readonly KubeObject[]
  readonly runs: readonly KubeObject[]
  readonly find: (ref: ObjectRef) => KubeObject | undefined
  /** The Rollouts that name an object. */
  readonly naming: (ref: ObjectRef) => readonly KubeObject[]
  readonly defaults: JudgeDefaults
}

/**
 * A scene, and what is wrong around it. Trouble stands in the way forward, never in the way back: what cannot be read is `unknown` in
 * the scene, and an abort is carried out as far as the rest allows.
 */
export type Sight = { readonly scene: Scene; readonly problems: readonly Problem[] }

/** Fails only where too little is understood to say what the Rollout is about. */
export function sceneOf(surroundings: Surroundings): Result<Sight> {
  const workload = workloadOf(surroundings)
  const around = resolved(surroundings, workload)
  const parsed = parseRollout(surroundings.rollout.json, workload.found)
  const spec = parsed.ok ? parsed.value : salvageRollout(around.rollout.json)
  const wrong = [...problemsOf(parsed), ...workload.problems]
  if (spec === undefined || isMissing(workload)) return failed(...wrong)
  const sight = sightOf(spec, around)
  const scene = parsed.ok ? sight.scene : undisturbed(sight.scene)
  return ok({ scene, problems: [...wrong, ...sight.problems] })
}

/** From here on the template stands in the Rollout, wherever it came from. */
function resolved(surroundings: Surroundings, { found, problems }: FoundWorkload): Seen {
  const { rollout } = surroundings
  return {
    ...surroundings,
    rollout: { ...rollout, json: withWorkload(rollout.json, found) },
    workload: found !== undefined && problems.length === 0 ? workloadFacts(found) : undefined,
  }
}

function sightOf(spec: RolloutSpec, around: Seen): Sight {
  const status = parseRolloutStatus(around.rollout.json)
  const services = servicesSeen({ spec, status }, around)
  const traffic = trafficSeen({ spec, status }, around)
  const analyses = analysesOf(spec, around)
  const parts: Parts = {
    services: services.value,
    traffic: traffic.value,
    analyses: analyses.ok ? analyses.value : noAnalyses,
  }
  const problems = [...services.problems, ...traffic.problems, ...problemsOf(analyses)]
  return { scene: assemble(around, { spec, status }, parts), problems }
}

/** What is not understood changes nothing: the release stays the one that was last understood, unless the spec went back to stable. */
function undisturbed(scene: Scene): Scene {
  const { templateHash, status } = scene
  return {
    ...scene,
    templateHash:
      templateHash === status.stableRS ? templateHash : (status.currentPodHash ?? templateHash),
    stepHash: status.currentStepHash ?? scene.stepHash,
  }
}

const noAnalyses: Analyses = { background: undefined, steps: new Map() }

function problemsOf(part: Result<unknown>): readonly Problem[] {
  return part.ok ? [] : part.problems
}

/** The objects that a Rollout names: a change of one of them is a reason to look at it again. */
export function referencesOf(rollout: KubeObject): readonly ObjectRef[] {
  const parsed = parseRollout(rollout.json)
  const spec = parsed.ok ? parsed.value : salvageRollout(rollout.json)
  if (spec === undefined) return []
  const { namespace } = rollout.metadata
  return [
    ...trafficRefs(spec.canary, namespace),
    ...templateRefs(spec, namespace),
    ...workloadRefs(rollout),
  ]
}

function workloadRefs(rollout: KubeObject): readonly ObjectRef[] {
  const ref = workloadRefOf(rollout)
  return ref === undefined ? [] : [ref]
}

type Seen = Surroundings & { readonly workload: WorkloadFacts | undefined }
type Parts = Pick<Scene, 'services' | 'traffic'> & { readonly analyses: Analyses }

function assemble(around: Seen, { spec, status }: Read, parts: Parts): Scene {
  const { rollout, workload, replicaSets, runs } = around
  const facts = replicaSets.map(replicaSetFacts)
  return {
    rollout: identityOf(rollout),
    spec,
    workload,
    status,
    ...nameOf(spec, status.collisionCount, facts, around),
    stepHash: stepHash(spec.canary.stepsJson),
    replicaSets: facts,
    pods: undefined,
    runs: runs.flatMap((run) => runFacts(run)),
    ...parts,
  }
}

type Name = Pick<Scene, 'templateHash' | 'templateDigest' | 'collisionCount'>

/** So many names are tried. */
const counts: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]

/**
 * One template never gets two ReplicaSets: one that was made of it keeps its name, whoever made it, the oldest first. Two templates never
 * share one: where the name is taken, by another template or by somebody else, the next one is tried.
 */
function nameOf(
  { template }: RolloutSpec,
  collisions: number | undefined,
  known: readonly ReplicaSetFacts[],
  around: Surroundings,
): Name {
  const { hash, digest } = templateHashes(template)
  const named = (templateHash: string, collisionCount = collisions): Name => ({
    templateHash,
    templateDigest: digest,
    collisionCount,
  })
  const first = hash(collisions)
  const made = known.some((each) => each.hash === first)
    ? undefined
    : oldestFirst(known).find((each) => isMadeOf(each, template))
  if (made !== undefined) return named(made.hash)
  const more = isTaken(first, digest, known, around)
    ? counts.find((count) => !isTaken(hash((collisions ?? 0) + count), digest, known, around))
    : undefined
  if (more === undefined) return named(first)
  const count = (collisions ?? 0) + more
  return named(hash(count), count)
}

function oldestFirst(known: readonly ReplicaSetFacts[]): readonly ReplicaSetFacts[] {
  return known.toSorted((a, b) => a.createdAt - b.createdAt)
}

/** A ReplicaSet of ours with this hash is another template's only where it says so: what admission changed in it is none of ours. */
function isTaken(
  hash: string,
  digest: string,
  known: readonly ReplicaSetFacts[],
  { rollout, find }: Surroundings,
): boolean {
  const ours = known.find((each) => each.hash === hash)
  if (ours !== undefined) return (ours.annotations[templateAnnotation] ?? digest) !== digest
  const { namespace, name } = rollout.metadata
  const ref = { kind: 'ReplicaSet', namespace, name: generatedName(name, `-${hash}`) } as const
  return find(ref) !== undefined
}

function identityOf({ metadata }: KubeObject): Identity {
  const { namespace, name, uid, generation, annotations } = metadata
  return { namespace, name, uid, generation, annotations }
}
