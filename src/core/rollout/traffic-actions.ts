/** The writes to the mesh: labels of subsets, weights of routes. */
import type { JsonPatchOperation } from '../json.ts'
import type { ManagedRoute } from '../mesh/managed.ts'
import { escaped, subsetOperations } from '../mesh/subsets.ts'
import { trafficPatch, weightOperations } from '../mesh/weights.ts'
import type { Weight } from '../units.ts'
import { type Action, type Note, normal } from './action.ts'
import type { DestinationRuleFacts, VirtualServiceFacts } from './facts.ts'
import { hashLabel, managedByAnnotation } from './keys.ts'
import type { Scene } from './scene.ts'
import type { WantedPins } from './shape.ts'
import { carriedWeight } from './traffic.ts'

/** Both subsets in one patch, to be written before the weights that use them. */
export function subsets({ traffic, rollout }: Scene, wanted: WantedPins): readonly Action[] {
  const rule = traffic.kind === 'mesh' ? traffic.destinationRule : 'none'
  if (rule === 'none' || rule === 'unknown') return []
  const operations = (['stable', 'canary'] as const).flatMap((side) => {
    const hash = wanted[side]
    return hash === undefined ? [] : subsetOperations(rule[side], hashLabel, hash)
  })
  if (operations.length === 0) return []
  const { ref, resourceVersion } = rule
  const test = { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion } as const
  return [
    {
      kind: 'json',
      ref,
      operations: [test, ...adopt(rule, rollout.name), ...operations],
      notes: [normal('UpdatedDestinationRule', updated(rule, wanted))],
    },
  ]
}

/** In Argo's words. */
function updated({ ref, ...rule }: DestinationRuleFacts, wanted: WantedPins): string {
  const sides = (['canary', 'stable'] as const).map(
    (side) => `${rule[side].name}: ${wanted[side] ?? rule[side].hash ?? ''}`,
  )
  return `DestinationRule ${ref.name} subset updated (${sides.join(', ')})`
}

function adopt(rule: DestinationRuleFacts, owner: string): readonly JsonPatchOperation[] {
  if (rule.managedBy === owner) return []
  const path = '/metadata/annotations'
  return rule.annotated
    ? [{ op: 'add', path: `${path}/${escaped(managedByAnnotation)}`, value: owner }]
    : [{ op: 'add', path, value: { [managedByAnnotation]: owner } }]
}

/** One patch for each VirtualService that does not stand as wanted; the last that moves weights tells of it. */
export function shift(
  scene: Scene,
  wanted: { readonly canary: Weight | undefined; readonly managed: readonly ManagedRoute[] },
): readonly Action[] {
  const { traffic } = scene
  if (traffic.kind === 'none') return []
  const patches = traffic.virtualServices.flatMap((facts) => {
    const operations = trafficPatch(facts, wanted)
    return operations.length === 0 ? [] : [{ facts, operations }]
  })
  const moved = patches.findLast(({ facts }) => weightOperations(facts, wanted).length > 0)
  return patches.map(({ facts, operations }) => ({
    kind: 'json',
    ref: facts.ref,
    operations,
    notes: [
      ...routed(facts, wanted),
      ...(facts === moved?.facts ? shifted(scene, wanted.canary) : []),
    ],
  }))
}

function shifted(scene: Scene, canary: Weight | undefined): readonly Note[] {
  const before = carriedWeight(scene)
  const from = before === undefined ? '' : `from ${before} `
  return [normal('TrafficWeightUpdated', `Traffic weight updated ${from}to ${canary}`)]
}

/** In Argo's words. Mirror routes that only follow the weights are no news. */
function routed(
  facts: VirtualServiceFacts,
  wanted: Parameters<typeof trafficPatch>[1],
): readonly Note[] {
  const before = facts.managed.map(({ name }) => name).join()
  const after = wanted.managed.map(({ name }) => name).join()
  if (before === after) return []
  const what =
    wanted.managed.length === 0
      ? 'removed all managed routes.'
      : `has the managed routes ${wanted.managed.map(({ name }) => `'${name}'`).join(', ')}`
  return [normal('Updated VirtualService', `VirtualService \`${facts.ref.name}\` ${what}`)]
}
