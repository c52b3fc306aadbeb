/** Things that two Rollouts both drive: each would undo what the other does. */
import { type KubeObject, keyOf, type ObjectRef, refOf } from '../object.ts'
import { about, type Finding } from './finding.ts'
import { namedBy } from './named.ts'

export function sharedFindings(rollouts: readonly KubeObject[]): readonly Finding[] {
  const claims = rollouts.flatMap((rollout) =>
    claimed(rollout).map((ref) => ({ key: keyOf(ref), ref, rollout })),
  )
  return [...Map.groupBy(claims, ({ key }) => key).values()].flatMap((all) => {
    const [first, ...others] = all
    if (first === undefined) return []
    const strangers = others.filter(
      ({ rollout }) => keyOf(refOf(rollout)) !== keyOf(refOf(first.rollout)),
    )
    return strangers.map(({ ref, rollout }) =>
      about(refOf(rollout)).problem(
        'spec.strategy.canary',
        `drives ${ref.kind} ${ref.namespace}/${ref.name}, which Rollout ${first.rollout.metadata.name} drives too; give each its own`,
      ),
    )
  })
}

/** Several Rollouts may drive routes of one VirtualService, each its own; Services are never shared. */
function claimed(rollout: KubeObject): readonly ObjectRef[] {
  const { stable, canary } = namedBy(rollout)
  return [stable, canary].filter((ref) => ref !== undefined)
}
