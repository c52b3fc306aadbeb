/** `haldane report`: finds the report of a release in the cluster and prints it. */
import { textAt } from '../../core/json.ts'
import type { KubeObject } from '../../core/object.ts'
import type { Cluster } from '../../ports.ts'
import { CommandError, type Io } from './programs.ts'

export type ReportQuestion = {
  readonly namespace: string
  readonly rollout: string
  /** Undefined is the newest that has a report. */
  readonly revision: number | undefined
  readonly json: boolean
}

/** Where the controller says whose report a ConfigMap is. */
const rolloutLabel = 'haldane.dev/rollout'
const revisionLabel = 'haldane.dev/revision'

/** Resolves to the exit code. Throws a CommandError when there is no such report. */
export async function showReport(
  cluster: Cluster,
  question: ReportQuestion,
  io: Pick<Io, 'out'>,
): Promise<number> {
  const found = await cluster.list('ConfigMap', question.namespace)
  io.out(reportText(chosen(found, question), question))
  return 0
}

type Kept = { readonly revision: number; readonly object: KubeObject }

function chosen(configMaps: readonly KubeObject[], question: ReportQuestion): Kept {
  const reports = configMaps
    .flatMap((object) => keptReport(object, question.rollout))
    .toSorted(newestFirst)
  const found =
    question.revision === undefined
      ? reports[0]
      : reports.find(({ revision }) => revision === question.revision)
  if (found === undefined) throw new CommandError(missing(question, reports))
  return found
}

/** A revision that was tried again has the report of its last try. */
function newestFirst(a: Kept, b: Kept): number {
  const isLater = b.object.metadata.creationTimestamp > a.object.metadata.creationTimestamp
  return b.revision - a.revision || (isLater ? 1 : -1)
}

function keptReport(object: KubeObject, rollout: string): readonly Kept[] {
  const { labels, annotations } = object.metadata
  const revision = labels[revisionLabel] ?? annotations[revisionLabel] ?? ''
  const isReport = labels[rolloutLabel] === rollout && /^\d+$/.test(revision)
  return isReport ? [{ revision: Number(revision), object }] : []
}

function missing({ rollout, namespace, revision }: ReportQuestion, known: readonly Kept[]): string {
  const [newest] = known
  if (newest === undefined)
    return `no report of Rollout ${rollout} in namespace ${namespace}: a report is written when a release is over; check the name, and the namespace with -n`
  const revisions = [...new Set(known.map((kept) => kept.revision))].join(', ')
  return `no report of revision ${revision} of Rollout ${rollout}: there are reports of ${revisions}`
}

function reportText({ object }: Kept, { json }: ReportQuestion): string {
  const key = json ? 'report.json' : 'report.md'
  const text = textAt(object.json, 'data', key)
  if (text !== undefined) return text.endsWith('\n') ? text : `${text}\n`
  const { namespace, name } = object.metadata
  throw new CommandError(
    `ConfigMap ${namespace}/${name} has no ${key}: somebody changed it; the next release writes a new one`,
  )
}
