/** A verdict in one sentence. Numbers only where they belong to a decision, so that the words for all other states stay the same. */
import { durationText } from '../units.ts'
import type {
  Counts,
  NoWorseReason,
  Outlier,
  ProxySkew,
  Ratio,
  SlowerAt,
  TroubleReason,
  UndecidedReason,
  Verdict,
  WorseReason,
} from './verdict.ts'

export function sentence(verdict: Verdict): string {
  const said = rulingSentence(verdict)
  const { proxies } = verdict.findings
  return proxies?.countDifferently === true ? `${said}; ${skewSentence(proxies)}` : said
}

/** Without a full stop. */
export function skewSentence({ canary, stable, countDifferently }: ProxySkew): string {
  const differ = `the proxies are ${canary.join(', ')} on the canary and ${stable.join(', ')} on the stable side`
  return countDifferently
    ? `latency is not compared, since ${differ}, whose buckets hold other times (reporter: source compares by the callers' proxies)`
    : differ
}

function rulingSentence(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'worse':
      return worseSentence(verdict.because)
    case 'no-worse':
      return noWorseSentence(verdict.because)
    case 'undecided':
      return undecidedSentence(verdict.because)
    case 'no-data':
      return `no data: ${troubleSentence(verdict.because)}`
  }
}

/** Without `no data:` in front. */
export function troubleSentence(because: TroubleReason): string {
  switch (because.code) {
    case 'NotAskedYet':
      return 'nothing has been read yet'
    case 'NoAnswer':
      return `Prometheus does not answer (${because.why})`
    case 'IncompleteAnswer':
      return `Prometheus says that its answer is incomplete (${because.why})`
    case 'SideMissing':
      return `no pod of the ${because.side} side is in the answers`
    case 'NothingArrives':
      return 'callers send requests to the canary, and none of its pods has counted any'
    case 'NoTraffic':
      return `the ${because.side} side has had no requests`
    case 'NoSuchMetric':
    case 'NoPodLabel':
    case 'ReporterMissing':
    case 'NoPodsSeen':
    case 'Stale':
      return missingSentence(because)
  }
}

type Missing = Extract<
  TroubleReason,
  { code: 'NoSuchMetric' | 'NoPodLabel' | 'ReporterMissing' | 'NoPodsSeen' | 'Stale' }
>

function missingSentence(because: Missing): string {
  switch (because.code) {
    case 'NoSuchMetric':
      return 'Prometheus knows no istio_requests_total of this service; is it in the mesh, and scraped?'
    case 'NoPodLabel':
      return 'istio_requests_total has no label pod; add it to the scrape configuration'
    case 'ReporterMissing':
      return `the service's own proxies report nothing${seenText(because.seen)}; are server metrics switched off by a Telemetry resource?`
    case 'NoPodsSeen':
      return 'Prometheus knows the service, but no pod of either revision'
    case 'Stale':
      return 'Prometheus has no new samples of any pod; is it still scraping?'
  }
}

function seenText(seen: readonly string[]): string {
  return seen.length === 0 ? '' : `, only ${seen.join(' and ')} does`
}

function worseSentence(because: WorseReason): string {
  const { logE, threshold, canary, stable, ratio, slower, outlier, after } = because
  const evidence = `evidence ${logE.toFixed(1)} of ${threshold.toFixed(1)} nats after ${durationText(after)}`
  if (slower !== undefined) return `${slowerText(slower)}; ${evidence}`
  return `canary ${verbOf(because)} ${failing(canary, ' requests')}, stable ${failing(stable)}${timesText(ratio)}${podText(outlier)}; ${evidence}`
}

/** A restart of the pod may be all that it takes. */
function podText(outlier: Outlier | undefined): string {
  return outlier === undefined
    ? ''
    : `; one pod, not the version: ${outlier.pod} fails ${failing(outlier.counts)}`
}

function slowerText({ bound, canary, stable }: SlowerAt): string {
  const longer = `took longer than ${bound} ms`
  return `canary is slower: ${failing(canary, ' requests')} ${longer}, stable ${failing(stable)}`
}

function verbOf({ code }: WorseReason): string {
  switch (code) {
    case 'CanaryFailsMore':
      return 'fails'
    case 'CanaryFailsOutright':
      return 'fails outright,'
    case 'CanaryIsSlower':
      return 'is slower, and fails'
  }
}

function noWorseSentence({ canary, stable, margin }: NoWorseReason): string {
  return `canary fails ${failing(canary, ' requests')}, stable ${failing(stable)}: proved less than ${points(margin)} points worse`
}

function undecidedSentence(because: UndecidedReason): string {
  switch (because.code) {
    case 'TooLittleEvidence':
      return 'too little evidence yet, neither for worse nor for no worse'
    case 'Soaking':
      return `no worse so far; passes when ${durationText(because.soak)} and ${because.blocks} blocks have been judged`
    case 'BothSidesFail':
      return 'more than half of the requests are failures on both sides, which proves nothing: look at failures.codes and failures.grpc of the judge'
  }
}

function timesText(ratio: Ratio | undefined): string {
  if (ratio === undefined) return ''
  const atLeast = ratio.low > 0 ? `at least ${times(ratio.low)}` : ''
  if (ratio.estimate === undefined) return atLeast && `: ${atLeast} the rate`
  return `: ${times(ratio.estimate)} the rate${atLeast && ` (${atLeast})`}`
}

function times(factor: number): string {
  return `${factor < 10 ? Number(factor.toPrecision(2)) : grouped(Math.floor(factor))} times`
}

function failing({ requests, failures }: Pick<Counts, 'requests' | 'failures'>, unit = ''): string {
  const ratio = requests === 0 ? 0 : failures / requests
  return `${points(ratio)} % of ${grouped(requests)}${unit}`
}

/** A share in percent, two significant digits. */
function points(value: number): string {
  return String(Number((100 * value).toPrecision(2)))
}

function grouped(value: number): string {
  return String(Math.round(value)).replaceAll(/\B(?=(?:\d{3})+$)/g, ',')
}
