/** The writes to the mesh: labels of subsets, weights of routes. */
import type { JsonPatchOperation } from '../json.ts'
import { escaped, subsetOperations } from '../mesh/subsets.ts'
import { weightPatch } from '../mesh/weights.ts'
import type { Weight } from '../units.ts'
import { type Action, normal } from './action.ts'
import type { DestinationRuleFacts } from './facts.ts'
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

/** One patch for each VirtualService that does not carry the weight yet. */
export function shift(scene: Scene, canary: Weight | undefined): readonly Action[] {
  const { traffic } = scene
  if (canary === undefined || traffic.kind === 'none') return []
  const before = carriedWeight(scene)
  const message =
    before === undefined
      ? `Traffic weight updated to ${canary}`
      : `Traffic weight updated from ${before} to ${canary}`
  const patches = traffic.virtualServices.flatMap(({ ref, routes, resourceVersion }) => {
    const operations = weightPatch(routes, canary, resourceVersion)
    return operations.length === 0 ? [] : [{ ref, operations }]
  })
  return patches.map(({ ref, operations }, index) => ({
    kind: 'json',
    ref,
    operations,
    notes: index === patches.length - 1 ? [normal('TrafficWeightUpdated', message)] : [],
  }))
}
