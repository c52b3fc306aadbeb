/** What a release leaves behind when it is over: a report as data and as Markdown, in a ConfigMap that lives as long as the revision. */

import type { JudgedMetric } from '../../core/analysis/metric.ts'
import { parseTrial } from '../../core/analysis/trial.ts'
import { listAt, textAt } from '../../core/json.ts'
import { queriesOf } from '../../core/judge/queries.ts'
import type { Trial } from '../../core/judge/trial.ts'
import { resolveMetric } from '../../core/manifest/analysis.ts'
import type { JudgeDefaults } from '../../core/manifest/judge-settings.ts'
import type { NewObject, ObjectRef } from '../../core/object.ts'
import { type LinkSettings, linksFor } from '../../core/report/links.ts'
import { makeReport, reportJson } from '../../core/report/make-report.ts'
import { markdownOf } from '../../core/report/markdown.ts'
import { measuredIn } from '../../core/report/measured.ts'
import type { ReleaseReport } from '../../core/report/release-report.ts'
import type { ObservedShare } from '../../core/report/timeline.ts'
import { normal } from '../../core/rollout/action.ts'
import { type Ended, endOf, supersededIn } from '../../core/rollout/ended.ts'
import type { ReplicaSetFacts } from '../../core/rollout/facts.ts'
import type { Journal } from '../../core/rollout/journal.ts'
import { trialAnnotation } from '../../core/rollout/keys.ts'
import { generatedName } from '../../core/rollout/names.ts'
import { currentOf, type Scene } from '../../core/rollout/scene.ts'
import { type Instant, timestamp } from '../../core/units.ts'
import { type Clock, type Cluster, type Log, PortError, type Tell } from '../../ports.ts'
import type { Cache } from './cache.ts'
import type { Court } from './court.ts'
import { longestMessage, type Teller } from './events.ts'

export type ReportsOptions = {
  readonly cache: Cache
  readonly cluster: Cluster
  readonly court: Court
  readonly clock: Clock
  readonly log: Log
  readonly tell: Tell
  readonly teller: Teller
  readonly links: LinkSettings
  readonly defaults: JudgeDefaults
}

type Judged = { readonly trial: Trial; readonly metric: JudgedMetric }

export class Reports {
  readonly #with: ReportsOptions
  /** Reports that are known to be there, by their names and the release's beginning. */
  readonly #done = new Set<string>()

  constructor(options: ReportsOptions) {
    this.#with = options
  }

  /** Makes the report of a release that is over, or that another one has replaced, once, in the background. One that cannot be written is tried again in a later pass. */
  consider(scene: Scene): void {
    const ended = endOf(scene)
    const current = currentOf(scene)
    if (ended !== undefined && current !== undefined) this.#begin(scene, ended, current)
    const superseded = supersededIn(scene)
    if (superseded !== undefined) this.#begin(scene, superseded.ended, superseded.replicaSet)
  }

  #begin(scene: Scene, ended: Ended, released: ReplicaSetFacts): void {
    const key = `${released.uid}/${timestamp(ended.journal.startedAt)}`
    if (this.#done.has(key)) return
    this.#done.add(key)
    const { namespace, name } = scene.rollout
    this.#report(scene, ended, released).catch((error: unknown) => {
      if (error instanceof PortError) this.#done.delete(key)
      this.#with.log.warn(`the report could not be written: ${String(error)}`, {
        namespace,
        rollout: name,
      })
    })
  }

  /** What a person wants to read beside a measurement. */
  metadataFor(trial: Trial, { judge }: JudgedMetric): Readonly<Record<string, string>> {
    const { requests } = queriesOf(trial, judge)
    const [link] = this.#links(trial, trial.since, this.#with.clock.now(), judge)
    return { query: requests, ...(link === undefined ? {} : { link: link.url }) }
  }

  async #report(scene: Scene, ended: Ended, current: ReplicaSetFacts): Promise<void> {
    const { namespace, name } = scene.rollout
    const ref: ObjectRef = {
      kind: 'ConfigMap',
      namespace,
      name: reportName(name, current, ended.journal),
    }
    const before = await this.#with.cluster.read(ref)
    if (
      before?.metadata.annotations['haldane.dev/started-at'] === timestamp(ended.journal.startedAt)
    )
      return
    const report = await this.#make(scene, ended, current)
    await this.#write(ref, report, current, before !== undefined)
    this.#announce(scene, report)
  }

  async #make(scene: Scene, ended: Ended, current: ReplicaSetFacts): Promise<ReleaseReport> {
    const judged = this.#judgedBy(scene, current)
    const verdict =
      judged &&
      (await this.#with.court.hear(judged.trial, judged.metric.judge, ended.finishedAt)).verdict
    const stableHash = judged?.trial.stableHash ?? scene.status.stableRS ?? ''
    const stable = scene.replicaSets.find(({ hash }) => hash === stableHash)
    return makeReport({
      rollout: scene.rollout,
      steps: scene.spec.canary.steps,
      journal: ended.journal,
      canary: { hash: current.hash, images: imagesOf(current) },
      stable: { hash: stableHash, images: imagesOf(stable) },
      outcome: ended.outcome,
      because: ended.because,
      finishedAt: ended.finishedAt,
      judged: judged &&
        verdict && {
          verdict,
          settings: judged.metric.judge,
          queries: queriesOf(judged.trial, judged.metric.judge),
        },
      measured: measuredIn(scene.runs, current.hash, ended.journal.startedAt),
      links: this.#with.links,
      observed: judged && (await this.#shares(judged, ended)),
    })
  }

  /** The newest run of this release that held the judge. */
  #judgedBy(scene: Scene, current: ReplicaSetFacts): Judged | undefined {
    const runs = scene.runs
      .filter(({ hash }) => hash === current.hash)
      .toSorted((a, b) => b.createdAt - a.createdAt || (a.kind === 'Background' ? -1 : 1))
    for (const { run } of runs) {
      const object = this.#with.cache.get({
        kind: 'AnalysisRun',
        namespace: run.namespace,
        name: run.name,
      })
      const trial = parseTrial(run.namespace, object?.metadata.annotations[trialAnnotation])
      const metric = run.metrics
        .map((each) => resolveMetric(each, run.args, this.#with.defaults))
        .flatMap((read) => (read.ok ? [read.value] : []))
        .find((read) => read.kind === 'judge')
      if (trial !== undefined && metric !== undefined) return { trial, metric }
    }
    return undefined
  }

  /** The share of traffic that each station really had, at its end. */
  async #shares(
    { trial, metric }: Judged,
    { journal, finishedAt }: Ended,
  ): Promise<readonly ObservedShare[]> {
    const { stations } = journal
    const seen = await Promise.all(
      stations.map(async ({ at }, index) => {
        const until = stations[index + 1]?.at ?? finishedAt
        const share =
          until > at ? await this.#with.court.share(trial, metric.judge, at, until) : undefined
        return share === undefined ? [] : [{ at, share }]
      }),
    )
    return seen.flat()
  }

  #links(
    trial: Trial,
    from: Instant,
    to: Instant,
    judge: JudgedMetric['judge'],
  ): ReturnType<typeof linksFor> {
    const { namespace, rollout, canaryHash, stableHash } = trial
    return linksFor(this.#with.links, {
      from,
      to,
      queries: queriesOf(trial, judge),
      namespace,
      rollout,
      canaryHash,
      stableHash,
    })
  }

  async #write(
    ref: ObjectRef,
    report: ReleaseReport,
    owner: ReplicaSetFacts,
    exists: boolean,
  ): Promise<void> {
    const object = configMapOf(ref, report, owner)
    if (exists) await this.#with.cluster.patch(ref, { type: 'merge', body: object.json })
    else await this.#with.cluster.create(object)
  }

  #announce(scene: Scene, report: ReleaseReport): void {
    const { namespace, name } = scene.rollout
    const rollout = this.#with.cache.get({ kind: 'Rollout', namespace, name })
    if (rollout !== undefined) {
      this.#with.teller.tell(rollout, [normal('ReleaseReport', announcement(report))])
    }
    this.#with.tell({
      kind: 'report',
      rollout: { namespace, name },
      at: this.#with.clock.now(),
      report,
    })
  }
}

/** A link that does not fit into an event would lead nowhere: then only the command is named. */
function announcement({ rollout, revision, outcome, sentence, links }: ReleaseReport): string {
  const command = `haldane report ${rollout.name} -n ${rollout.namespace} --revision ${revision}`
  const words = `Release of revision ${revision} ${outcome}: ${sentence} (${command})`
  const withLink = links[0] === undefined ? words : `${words} ${links[0].url}`
  return withLink.length <= longestMessage ? withLink : words
}

function reportName(rollout: string, { hash }: ReplicaSetFacts, { revision }: Journal): string {
  return generatedName(rollout, `-${hash}-${revision}-report`)
}

function configMapOf(
  ref: ObjectRef,
  report: ReleaseReport,
  { name, uid }: ReplicaSetFacts,
): NewObject {
  const labels = {
    'haldane.dev/rollout': report.rollout.name,
    'haldane.dev/revision': String(report.revision),
  }
  return {
    ref,
    json: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: ref.name,
        namespace: ref.namespace,
        labels,
        annotations: { 'haldane.dev/started-at': report.startedAt },
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name, uid }],
      },
      data: { 'report.json': reportJson(report), 'report.md': markdownOf(report) },
    },
  }
}

function imagesOf(
  replicaSet: ReplicaSetFacts | undefined,
): readonly { readonly container: string; readonly image: string }[] {
  return listAt(replicaSet?.template, 'spec', 'containers').map((container) => ({
    container: textAt(container, 'name') ?? '',
    image: textAt(container, 'image') ?? '',
  }))
}
