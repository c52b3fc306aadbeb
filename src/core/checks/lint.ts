/** What is wrong with manifests, seen without a cluster: all of it at once, each with the object and the path. */
import type { JsonObject } from '../json.ts'
import { parseAnalysisRun, parseAnalysisTemplate } from '../manifest/analysis.ts'
import { standardDefaults } from '../manifest/judge-settings.ts'
import { type Kind, type KubeObject, keyOf, refOf } from '../object.ts'
import type { Problem, Result } from '../result.ts'
import { about, type Finding } from './finding.ts'
import { type Around, releaseFindings } from './release.ts'
import { sharedFindings } from './shared.ts'
import { type Read, readObject } from './written.ts'

/**
 * The findings of each object, in their order. Objects of other kinds are passed over. What a Rollout names and is not among the objects is a note: it
 * may be in the cluster already. `namespace` is where objects go that name none.
 */
export function lint(
  written: readonly JsonObject[],
  namespace: string,
): readonly (readonly Finding[])[] {
  const read = written.map((json) => readObject(json, namespace))
  const known = read.flatMap((each) => (each.kind === 'object' ? [each.object] : []))
  const shared = sharedFindings(known.filter(({ kind }) => kind === 'Rollout'))
  const byKey = new Map(known.map((object) => [keyOf(refOf(object)), object]))
  const around: Around = {
    find: (ref) => byKey.get(keyOf(ref)),
    destinationRules: known.filter(({ kind }) => kind === 'DestinationRule'),
    defaults: standardDefaults,
    isAll: false,
  }
  const whole = read.map((each) => findingsOf(each, around, shared))
  return ownFindings(read, whole)
}

function findingsOf(read: Read, around: Around, shared: readonly Finding[]): readonly Finding[] {
  if (read.kind === 'foreign') return []
  if (read.kind === 'wrong') return [read.finding]
  const { object } = read
  if (object.kind === 'Rollout')
    return [...releaseFindings(object, around), ...shared.filter((each) => isOf(each, object))]
  const parsed = parsers[object.kind]?.(object.json)
  return parsed === undefined || parsed.ok ? [] : problemsIn(object, parsed.problems)
}

const parsers: Readonly<Partial<Record<Kind, (json: JsonObject) => Result<unknown>>>> = {
  AnalysisTemplate: parseAnalysisTemplate,
  ClusterAnalysisTemplate: parseAnalysisTemplate,
  AnalysisRun: parseAnalysisRun,
}

function problemsIn(object: KubeObject, problems: readonly Problem[]): readonly Finding[] {
  return problems.map(({ path, message }) => about(refOf(object)).problem(path, message))
}

/** A finding stands with the object that it is about, once, whoever found it; and an object that is there twice says so. */
function ownFindings(
  read: readonly Read[],
  whole: readonly (readonly Finding[])[],
): readonly (readonly Finding[])[] {
  const all = new Map(whole.flat().map((finding) => [JSON.stringify(finding), finding]))
  const seen = new Set<string>()
  return read.map((each, index) => {
    if (each.kind !== 'object') return whole[index] ?? []
    const { object } = each
    const key = keyOf(refOf(object))
    if (seen.has(key))
      return [
        about(refOf(object)).problem('metadata.name', 'is there twice; only one of them can be'),
      ]
    seen.add(key)
    return [...all.values()].filter((finding) => isOf(finding, object))
  })
}

function isOf({ object }: Finding, of: KubeObject): boolean {
  const { kind, namespace, name } = refOf(of)
  return object.kind === kind && object.namespace === namespace && object.name === name
}
