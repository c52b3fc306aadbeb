/** `spec.workloadRef`: the template, and the selector where there is none, of another object, as if they were written in the Rollout. */
import { z } from 'zod'
import { at, isObject, type Json, type JsonObject, objectAt, textAt } from '../json.ts'
import type { Kind, KubeObject, ObjectRef } from '../object.ts'
import { absence, type Problem, problem } from '../result.ts'
import { hashLabel } from '../rollout/keys.ts'
import { undressed } from '../rollout/pod-metadata.ts'
import type { WorkloadRef } from '../rollout/spec.ts'
import type { WorkloadFacts } from '../rollout/workload.ts'
import { type Field, object, served } from './fields.ts'
import { withoutHash } from './known-template.ts'
import { readAs } from './shape.ts'
import { shown } from './shown.ts'

/** What can be referred to: its API group, and where in it the template stands. */
const workloads = {
  Deployment: { group: 'apps', at: ['spec'] },
  ReplicaSet: { group: 'apps', at: ['spec'] },
  PodTemplate: { group: '', at: [] },
} as const

type WorkloadKind = keyof typeof workloads
const kinds = ['Deployment', 'ReplicaSet', 'PodTemplate'] as const satisfies readonly Kind[]

export const workloadField: Field = object({
  apiVersion: served,
  kind: served,
  name: served,
  scaleDown: served,
})

export const workloadSchema: z.ZodType<WorkloadRef> = z
  .strictObject({
    apiVersion: z.string().min(1),
    kind: z.enum(kinds),
    name: z.string().min(1),
    scaleDown: readAs(readMode, 'never, onsuccess or progressively').default('never'),
  })
  .transform(({ kind, name, scaleDown }) => ({ kind, name, scaleDown }))

/** Go writes an empty text where nothing is said. */
function readMode(value: unknown): WorkloadRef['scaleDown'] | undefined {
  const modes = ['never', 'onsuccess', 'progressively'] as const
  return value === '' ? 'never' : modes.find((mode) => mode === value)
}

/** Undefined without a reference, and with one that cannot be understood: `parseRollout` says why. */
export function workloadRefOf({ json, metadata }: KubeObject): ObjectRef | undefined {
  const ref = at(json, 'spec', 'workloadRef')
  const kind = kindOf(ref)
  const name = textAt(ref, 'name')
  if (kind === undefined || name === undefined || name === '') return undefined
  return { kind, namespace: metadata.namespace, name }
}

/** With a problem beside it, it is what is left of one that is gone: good for the way back, not for the way forward. */
export type FoundWorkload = {
  readonly found: KubeObject | undefined
  readonly problems: readonly Problem[]
}

/** Asked for, gone, and nothing left of it. */
export function isMissing({ found, problems }: FoundWorkload): boolean {
  return found === undefined && problems.length > 0
}

type Around = {
  readonly rollout: KubeObject
  readonly replicaSets: readonly KubeObject[]
  readonly find: (ref: ObjectRef) => KubeObject | undefined
}

/** The object that a Rollout refers to; undefined without a problem when it refers to none. */
export function workloadOf({ rollout, replicaSets, find }: Around): FoundWorkload {
  const ref = workloadRefOf(rollout)
  if (ref === undefined) return { found: undefined, problems: [] }
  const found = find(ref)
  if (found !== undefined) return { found, problems: [] }
  const { kind, name, namespace } = ref
  const message = `${kind} '${name}' does not exist in namespace '${namespace}'; create it or change the name`
  return {
    found: remembered(rollout, replicaSets),
    problems: [absence('spec.workloadRef.name', `${kind} '${name}'`, message)],
  }
}

/** The ReplicaSet that was made of the template when it was last seen. */
function remembered(
  rollout: KubeObject,
  replicaSets: readonly KubeObject[],
): KubeObject | undefined {
  const hash = textAt(rollout.json, 'status', 'currentPodHash')
  const made = replicaSets.find(({ metadata }) => metadata.labels[hashLabel] === hash)
  if (made === undefined) return undefined
  const { annotations } = made.metadata
  const template = withoutHash(
    undressed({ annotations, template: objectAt(made.json, 'spec', 'template') }),
  )
  const { [hashLabel]: _, ...matchLabels } = objectAt(made.json, 'spec', 'selector', 'matchLabels')
  const selector = { ...objectAt(made.json, 'spec', 'selector'), matchLabels }
  return { ...made, json: { spec: { template, selector } } }
}

/** A whole Rollout with what the workload brings. */
export function withWorkload(rollout: JsonObject, workload: KubeObject | undefined): JsonObject {
  const kind = kinds.find((each) => each === workload?.kind)
  if (workload === undefined || kind === undefined) return rollout
  const spec = objectAt(rollout, 'spec')
  const { template, selector } = objectAt(workload.json, ...workloads[kind].at)
  return { ...rollout, spec: { ...spec, template, selector: spec['selector'] ?? selector } }
}

export function workloadFacts({ kind, metadata, json }: KubeObject): WorkloadFacts {
  const { namespace, name, generation, annotations } = metadata
  const replicas = at(json, 'spec', 'replicas')
  return {
    ref: { kind, namespace, name },
    generation,
    replicas: typeof replicas === 'number' ? replicas : 1,
    annotations,
  }
}

/** Of `spec` as written. */
export function workloadProblems(spec: JsonObject): readonly Problem[] {
  const ref = spec['workloadRef']
  if (!isObject(ref)) return []
  return [...templateIsEmpty(spec), ...groupFits(ref), ...onlyDeploymentsScale(ref)]
}

/** What is wrong with a template is wrong where it came from. */
export function blamed(inner: Problem, workload: KubeObject | undefined): Problem {
  if (workload === undefined || !inner.path.startsWith('spec.template')) return inner
  const path = inner.path.replace('spec.', '')
  const { kind, metadata } = workload
  return problem('spec.workloadRef', `${kind} '${metadata.name}' ${path}: ${inner.message}`)
}

function templateIsEmpty({ template }: JsonObject): readonly Problem[] {
  if (saysNothing(template)) return []
  const message = 'template must be empty for workload reference rollout; remove it, or workloadRef'
  return [problem('spec.workloadRef', message)]
}

/** Go writes empty templates out as `metadata: {creationTimestamp: null}, spec: {containers: null}`. What goes deeper says something. */
function saysNothing(value: Json | undefined, depth = 3): boolean {
  if (typeof value !== 'object' || value === null) return value === null || value === undefined
  return depth > 0 && Object.values(value).every((inner) => saysNothing(inner, depth - 1))
}

function groupFits(ref: JsonObject): readonly Problem[] {
  const kind = kindOf(ref)
  const version = textAt(ref, 'apiVersion')
  if (kind === undefined || version === undefined) return []
  const { group } = workloads[kind]
  const fits = group === '' ? !version.includes('/') : version.startsWith(`${group}/`)
  if (fits) return []
  const wanted = group === '' ? 'v1' : `${group}/v1`
  const message = `must be ${wanted} for a ${kind}, is ${shown(version)}`
  return [problem('spec.workloadRef.apiVersion', message)]
}

function onlyDeploymentsScale(ref: JsonObject): readonly Problem[] {
  const scaleDown = textAt(ref, 'scaleDown') ?? ''
  if (kindOf(ref) === 'Deployment' || scaleDown === '' || scaleDown === 'never') return []
  const message = `${shown(scaleDown)} is for a Deployment; of other kinds nothing is scaled down: use never`
  return [problem('spec.workloadRef.scaleDown', message)]
}

function kindOf(ref: Json | undefined): WorkloadKind | undefined {
  const kind = textAt(ref, 'kind')
  return kinds.find((each) => each === kind)
}
