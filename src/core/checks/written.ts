/** A manifest as it would stand in a cluster; or why it is none that we read. */
import { at, type JsonObject, objectAt, textAt } from '../json.ts'
import { nearest } from '../manifest/nearest.ts'
import { type Kind, type KubeObject, metadataOf, refOf } from '../object.ts'
import { about, type Finding } from './finding.ts'

export type Read =
  | { readonly kind: 'object'; readonly object: KubeObject }
  /** Of a kind that has nothing to do with releases. */
  | { readonly kind: 'foreign' }
  | { readonly kind: 'wrong'; readonly finding: Finding }

const argo = 'argoproj.io'
const istio = 'networking.istio.io'

const groups: ReadonlyMap<string, { readonly kind: Kind; readonly group: string }> = new Map(
  (
    [
      { kind: 'Rollout', group: argo },
      { kind: 'AnalysisRun', group: argo },
      { kind: 'AnalysisTemplate', group: argo },
      { kind: 'ClusterAnalysisTemplate', group: argo },
      { kind: 'Service', group: '' },
      { kind: 'VirtualService', group: istio },
      { kind: 'DestinationRule', group: istio },
    ] as const
  ).map((each) => [each.kind, each]),
)

const argoVersion = `${argo}/v1alpha1`

/** `namespace` is where an object goes that names none. */
export function readObject(json: JsonObject, namespace: string): Read {
  const kind = textAt(json, 'kind') ?? ''
  const apiVersion = textAt(json, 'apiVersion') ?? ''
  const known = groups.get(kind)
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : ''
  if (known?.group !== group) return stranger(json, kind, group)
  const object: KubeObject = { kind: known.kind, ...placed(json, known.kind, namespace) }
  const finding = wrongIn(object, group, apiVersion)
  return finding === undefined ? { kind: 'object', object } : { kind: 'wrong', finding }
}

function wrongIn(object: KubeObject, group: string, apiVersion: string): Finding | undefined {
  const tell = about(refOf(object))
  const isNamed = object.metadata.name !== '' || at(object.json, 'metadata', 'generateName')
  if (!isNamed) return tell.problem('metadata.name', 'is required')
  return group === argo && apiVersion !== argoVersion
    ? tell.problem('apiVersion', `must be ${argoVersion}, is ${apiVersion}`)
    : undefined
}

function placed(
  json: JsonObject,
  kind: Kind,
  namespace: string,
): Pick<KubeObject, 'metadata' | 'json'> {
  const own = textAt(json, 'metadata', 'namespace')
  const place = kind === 'ClusterAnalysisTemplate' ? '' : (own ?? namespace)
  const whole = { ...json, metadata: { ...objectAt(json, 'metadata'), namespace: place } }
  return { metadata: metadataOf(whole), json: whole }
}

/** Argo's group holds five kinds; another name there is a typo or not served. */
function stranger(json: JsonObject, kind: string, group: string): Read {
  if (group !== argo && groups.get(kind)?.group !== argo) return { kind: 'foreign' }
  if (argoCd.has(kind)) return { kind: 'foreign' }
  const { namespace, name } = metadataOf(json)
  const tell = about({ kind, namespace, name })
  if (group !== argo)
    return {
      kind: 'wrong',
      finding: tell.problem('apiVersion', `must be ${argoVersion} for kind ${kind}`),
    }
  if (kind === 'Experiment')
    return {
      kind: 'wrong',
      finding: tell.problem('kind', 'is Experiment, which this version of Haldane does not serve'),
    }
  const meant = nearest(kind, [...groups.keys()])
  return {
    kind: 'wrong',
    finding: tell.problem(
      'kind',
      `${kind} is not known in ${argo}${meant === undefined ? '' : `; did you mean ${meant}?`}`,
    ),
  }
}

/** Others that live in the same group. */
const argoCd: ReadonlySet<string> = new Set([
  'Application',
  'ApplicationSet',
  'AppProject',
  'Workflow',
  'WorkflowTemplate',
  'ClusterWorkflowTemplate',
  'CronWorkflow',
  'EventSource',
  'Sensor',
  'EventBus',
])
