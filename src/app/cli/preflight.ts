/** `haldane preflight`: reads a Rollout with all around it, and what its pods report, and says what would go wrong. Writes nothing. */
import { about, type Finding } from '../../core/checks/finding.ts'
import { trafficIn, trafficQuery } from '../../core/checks/measured.ts'
import { type Named, namedBy } from '../../core/checks/named.ts'
import { proxyFindings } from '../../core/checks/proxies.ts'
import { releaseFindings } from '../../core/checks/release.ts'
import { sharedFindings } from '../../core/checks/shared.ts'
import { storeFindings, storeQueries } from '../../core/checks/store.ts'
import { trafficFindings } from '../../core/checks/traffic.ts'
import { parseJudgeSettings, standardDefaults } from '../../core/manifest/judge-settings.ts'
import { parseRollout } from '../../core/manifest/rollout.ts'
import { referencesOf } from '../../core/manifest/scene.ts'
import { type KubeObject, keyOf, type ObjectRef, refOf } from '../../core/object.ts'
import { problemText } from '../../core/result.ts'
import { type Instant, minus, minutes, seconds } from '../../core/units.ts'
import type { Cluster, Metrics, Window } from '../../ports.ts'
import { findingJson, findingLine, findingsExit, findingsSummary } from './findings-page.ts'
import { CommandError, type Io, type PreflightOptions } from './programs.ts'

export type World = {
  readonly cluster: Cluster
  /** Undefined leaves the metrics out. */
  readonly metrics: Metrics | undefined
  readonly now: Instant
}

type Question = Pick<PreflightOptions, 'rollout' | 'block' | 'strict' | 'json'> & {
  readonly namespace: string
}

/** Resolves to the exit code. Throws a CommandError when there is no Rollout, a PortError when the cluster does not answer. */
export async function preflight(
  world: World,
  question: Question,
  io: Pick<Io, 'out'>,
): Promise<number> {
  const { namespace, rollout, json, strict } = question
  const all = await world.cluster.list('Rollout', namespace)
  const chosen = all.filter(({ metadata }) => rollout === undefined || metadata.name === rollout)
  if (chosen.length === 0) throw new CommandError(nobody(question))
  const shared = sharedFindings(all)
  const findings: Finding[] = []
  for (const each of chosen) {
    const own = shared.filter(({ object }) => object.name === each.metadata.name)
    const found = [...(await lookAt(each, world, question)), ...own]
    findings.push(...found)
    for (const finding of found) {
      const placed = { ...finding, at: undefined }
      io.out(json ? findingJson(placed) : findingLine(placed))
    }
  }
  if (!json) io.out(`${findingsSummary(findings)}\n`)
  return findingsExit(findings, { strict })
}

function nobody({ rollout, namespace }: Question): string {
  const what = rollout === undefined ? 'no Rollout' : `no Rollout ${rollout}`
  return `${what} in namespace ${namespace}; check the name, and the namespace with -n`
}

async function lookAt(
  rollout: KubeObject,
  world: World,
  question: Question,
): Promise<readonly Finding[]> {
  const { cluster } = world
  const { namespace } = rollout.metadata
  const [around, destinationRules, pods] = await Promise.all([
    surroundings(rollout, cluster),
    cluster.list('DestinationRule', namespace),
    cluster.list('Pod', namespace),
  ])
  const defaults = { ...standardDefaults, block: question.block }
  const own = pods.filter((pod) => isOf(pod, rollout))
  const find = (ref: ObjectRef): KubeObject | undefined => around.get(keyOf(ref))
  return [
    ...releaseFindings(rollout, { find, destinationRules, defaults, isAll: true }),
    ...proxyFindings(rollout, own),
    ...(await metricFindings(rollout, own, world, question)),
  ]
}

/** What it names, as far as it is there. */
async function surroundings(
  rollout: KubeObject,
  cluster: Cluster,
): Promise<ReadonlyMap<string, KubeObject>> {
  const named: Named = namedBy(rollout)
  const refs = [
    ...referencesOf(rollout),
    ...named.virtualServices.map(({ ref }) => ref),
    ...[named.stable, named.canary, named.destinationRule].filter((ref) => ref !== undefined),
  ]
  const unique = new Map(refs.map((ref) => [keyOf(ref), ref]))
  const read = await Promise.all([...unique.values()].map((ref) => cluster.read(ref)))
  return new Map(read.flatMap((object) => (object ? [[keyOf(refOf(object)), object]] : [])))
}

/** Pods are called `<rollout>-<hash>-<suffix>`. */
function isOf({ metadata }: KubeObject, rollout: KubeObject): boolean {
  const start = `${rollout.metadata.name}-`
  return (
    metadata.name.startsWith(start) &&
    /^[a-z0-9]+-[a-z0-9]+$/.test(metadata.name.slice(start.length))
  )
}

/* ---------------------------------------------------------------- the metrics store */

const lately = minutes(5)
const unseen = 'its metrics were not looked at; say where they are with --prometheus'

async function metricFindings(
  rollout: KubeObject,
  pods: readonly KubeObject[],
  { metrics, now }: World,
  { block }: Question,
): Promise<readonly Finding[]> {
  if (metrics === undefined) return [about(refOf(rollout)).note('', unseen)]
  const settings = parseJudgeSettings({}, { ...standardDefaults, block }, '')
  if (!settings.ok) throw new CommandError(problemText(settings.problems))
  const queries = storeQueries(rollout, namedBy(rollout))
  const ask = (query: string, window: Window): ReturnType<Metrics['range']> =>
    metrics.range(query, window)
  const [reporters, scrapes, bounds, requests] = await Promise.all([
    ask(queries.reporters, { from: now, to: now, step: seconds(1) }),
    ask(queries.scrapes, { from: minus(now, minutes(2)), to: now, step: seconds(1) }),
    ask(queries.bounds, { from: now, to: now, step: seconds(1) }),
    ask(trafficQuery(rollout), { from: minus(now, lately), to: now, step: block }),
  ])
  const seen = { pods: pods.map(({ metadata }) => metadata.name), now, block }
  const spec = parseRollout(rollout.json)
  const traffic = trafficIn(requests, lately, settings.value.failures)
  const isServed = traffic !== undefined && spec.ok
  return [
    ...storeFindings(rollout, { reporters, scrapes, bounds }, seen),
    ...(isServed ? trafficFindings(rollout, spec.value, traffic, settings.value) : []),
  ]
}
