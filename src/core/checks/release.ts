/** One Rollout among the objects around it: what is wrong, what may spoil its releases, what is worth knowing. */
import type { JudgeDefaults } from '../manifest/judge-settings.ts'
import { sceneOf } from '../manifest/scene.ts'
import { type KubeObject, type ObjectRef, refOf } from '../object.ts'
import type { Problem } from '../result.ts'
import { about, type Finding } from './finding.ts'
import { gitOpsFindings } from './gitops.ts'
import { namedBy } from './named.ts'
import { podFindings } from './pods.ts'
import { routeFindings } from './routes.ts'
import { ruleFindings } from './rules.ts'
import { serviceFindings } from './services.ts'

export type Around = {
  readonly find: (ref: ObjectRef) => KubeObject | undefined
  readonly destinationRules: readonly KubeObject[]
  readonly defaults: JudgeDefaults
  /** Whether what is not found is nowhere: so in a cluster, and not so in a folder of files. */
  readonly isAll: boolean
}

export function releaseFindings(rollout: KubeObject, around: Around): readonly Finding[] {
  const named = namedBy(rollout)
  const { namespace } = rollout.metadata
  const found = (ref: ObjectRef | undefined): KubeObject | undefined => ref && around.find(ref)
  const virtualServices = named.virtualServices.flatMap(({ ref }) => found(ref) ?? [])
  return [
    ...ruledFindings(rollout, around),
    ...serviceFindings(rollout, found(named.stable), found(named.canary)),
    ...virtualServices.flatMap((each) => [
      ...gitOpsFindings(each),
      ...routeFindings(each, named, namespace),
    ]),
    ...around.destinationRules.flatMap((each) => ruleFindings(each, named, namespace)),
    ...podFindings(rollout),
  ]
}

/** What the controller itself would refuse. */
function ruledFindings(rollout: KubeObject, { find, defaults, isAll }: Around): readonly Finding[] {
  const sight = sceneOf({ rollout, replicaSets: [], runs: [], find, naming: () => [], defaults })
  const problems = sight.ok ? sight.value.problems : sight.problems
  return problems.map((each) => asFinding(each, refOf(rollout), isAll))
}

function asFinding({ path, message, absent }: Problem, ref: ObjectRef, isAll: boolean): Finding {
  const tell = about(ref)
  if (absent === undefined || isAll) return tell.problem(path, message)
  return tell.note(path, `${absent} is not among these files: what it would say is not checked`)
}
