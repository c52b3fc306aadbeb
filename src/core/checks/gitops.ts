/** Who else writes an object: a tool that puts a VirtualService back as it stands in Git takes the traffic back in the middle of a release. */
import { listAt, textAt } from '../json.ts'
import type { KubeObject } from '../object.ts'
import { refOf } from '../object.ts'
import type { Finding } from './finding.ts'
import { about } from './finding.ts'

type Tool = {
  readonly name: string
  /** Field managers that it writes as. */
  readonly managers: RegExp
  /** Labels or annotations that it leaves. */
  readonly marks: RegExp
  readonly remedy: string
}

const tools: readonly Tool[] = [
  {
    name: 'Argo CD',
    managers: /^argocd-/,
    marks: /^argocd\.argoproj\.io\/(tracking-id|instance)$/,
    remedy:
      'give its Application ignoreDifferences for group networking.istio.io, kind VirtualService, jqPathExpressions [".spec.http[].route[].weight"], and the sync option RespectIgnoreDifferences=true',
  },
  {
    name: 'Flux',
    managers: /^kustomize-controller$/,
    marks: /^kustomize\.toolkit\.fluxcd\.io\//,
    remedy:
      'annotate it with kustomize.toolkit.fluxcd.io/ssa: IfNotPresent, so that it is created from Git and left alone afterwards',
  },
  {
    name: 'Helm',
    managers: /^helm(-controller)?$/,
    marks: /^meta\.helm\.sh\//,
    remedy:
      'an upgrade of its release writes the weights of the chart: upgrade while no release of this Rollout is under way, or leave drift detection of Flux off for it',
  },
]

export function gitOpsFindings(virtualService: KubeObject): readonly Finding[] {
  const { labels, annotations } = virtualService.metadata
  const marks = [...Object.keys(labels), ...Object.keys(annotations)]
  const managers = listAt(virtualService.json, 'metadata', 'managedFields').flatMap(
    (entry) => textAt(entry, 'manager') ?? [],
  )
  return tools
    .filter(
      (tool) =>
        managers.some((manager) => tool.managers.test(manager)) ||
        marks.some((mark) => tool.marks.test(mark)),
    )
    .map(({ name, remedy }) =>
      about(refOf(virtualService)).warning(
        'metadata',
        `is kept by ${name}, which may put the weights back in the middle of a release; ${remedy}`,
      ),
    )
}
