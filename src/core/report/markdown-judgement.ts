/** What a verdict rests on, in Markdown: the counts, the ratio, the evidence, what was left out, how it was asked. */
import { seconds } from '../units.ts'
import { claim, type Direction } from './claim.ts'
import { latencySection } from './markdown-latency.ts'
import { code, table } from './markdown-table.ts'
import { bar, counted, countText, figures, lengthText, natsText, percentText } from './numbers.ts'
import { asSentence, capital } from './prose.ts'
import type {
  ReportedChannel,
  ReportedJudgement,
  ReportedPod,
  ReportedRatio,
  ReportedSettings,
  ReportedSide,
} from './release-report.ts'

type Section = readonly string[]

export function judgementSections(judgement: ReportedJudgement): readonly Section[] {
  return [
    ['## Requests', ...requests(judgement)],
    ['## Latency', ...latencySection(judgement.latency), ...proxiesText(judgement.proxies)],
    ['## Evidence', ...evidence(judgement)],
    ['## What was left out', leftOut(judgement)],
    ['## How it was judged', settings(judgement.settings)],
    ['## Queries', ...judgement.queries.flatMap(query)],
  ]
}

/* ---------------------------------------------------------------- requests */

function requests(judgement: ReportedJudgement): Section {
  const { canary, stable, ratio, traffic, onePod } = judgement
  const rows = [
    ['judged', countText(canary.judged.requests), countText(stable.judged.requests)],
    ['failed', countText(canary.judged.failures), countText(stable.judged.failures)],
    ['failure ratio', failureRatio(canary), failureRatio(stable)],
    ['excluded', countText(canary.judged.excluded), countText(stable.judged.excluded)],
    ['while warming up', warmUp(canary), warmUp(stable)],
    ...(traffic.kind === 'seen'
      ? [
          [
            'reached no pod',
            countText(traffic.undelivered.canary),
            countText(traffic.undelivered.stable),
          ],
        ]
      : []),
  ]
  return [
    ...table(['requests', 'canary', 'stable'], rows),
    ratioText(ratio),
    ...excessText(judgement),
    ...(onePod === undefined ? [] : [onePodText(onePod)]),
    trafficText(traffic),
    'These are the counts of the whole release; the verdict has those of the moment when it was decided.',
  ]
}

function failureRatio({ failureRatio: ratio }: ReportedSide): string {
  if (ratio === undefined) return 'not known'
  const { estimate, low, high } = ratio
  return `${percentText(estimate)} (${percentText(low)} to ${percentText(high)})`
}

function warmUp({ warmUp: { requests: all, failures } }: ReportedSide): string {
  return all === 0 ? '0' : `${countText(all)}, ${countText(failures)} of them failed`
}

/** The ratio in words; what is not known is not said. */
function ratioText(ratio: ReportedRatio | undefined): string {
  if (ratio === undefined)
    return 'How many times as often the canary fails cannot be said from these requests.'
  const { estimate, low, high } = ratio
  const bounds = [
    low > 0 ? `at least ${figures(low)} times` : undefined,
    high === undefined ? undefined : `at most ${figures(high)} times`,
  ].filter((bound) => bound !== undefined)
  const sure =
    bounds.length === 0
      ? 'Nothing bounds it yet'
      : `With 95 % confidence, however often one looked: ${bounds.join(' and ')}`
  return estimate === undefined
    ? `The stable side has not failed. ${sure}.`
    : `The canary fails ${figures(estimate)} times as often as the stable side. ${sure}.`
}

/** The pass was asked for one margin; this is the smallest that was proved. */
function excessText({ excess, settings: { falsePassRate } }: ReportedJudgement): Section {
  if (excess === undefined) return []
  return [
    `No worse than this, proved with ${percentText(1 - falsePassRate)} confidence, however often one looked: its failure ratio exceeds the stable one's by at most ${figures(100 * excess.high)} points.`,
  ]
}

function onePodText({ pod, requests: all, failures, evidenceNatsWithout }: ReportedPod): string {
  return `One pod, not the version: ${code(pod)} failed ${countText(failures)} of ${counted(all, 'request')}; without it the evidence that the canary fails more is ${natsText(evidenceNatsWithout)} nats. A restart of the pod may be all that it takes.`
}

function trafficText(traffic: ReportedJudgement['traffic']): string {
  if (traffic.kind === 'unseen') return `The callers' proxies tell nothing: ${traffic.text}.`
  return traffic.canaryShare === undefined
    ? "The canary's share of the newest requests is not known."
    : `Of the newest requests ${percentText(traffic.canaryShare)} were sent to the canary.`
}

function proxiesText(proxies: ReportedJudgement['proxies']): Section {
  if (proxies === undefined) return []
  return [capital(asSentence(proxies.text))]
}

/* ---------------------------------------------------------------- evidence */

function evidence({ evidence: { against, inFavour }, stillNeeded }: ReportedJudgement): Section {
  const rows = [
    ...against.map((channel) => channelRow(channel, 'against')),
    ...inFavour.map((channel) => channelRow(channel, 'inFavour')),
  ]
  if (rows.length === 0) return ['None was gathered.']
  return [
    ...table(['that the canary', 'evidence (nats)', 'threshold', ''], rows),
    ...(stillNeeded === undefined ? [] : [stillNeededText(stillNeeded)]),
  ]
}

function channelRow(channel: ReportedChannel, direction: Direction): Section {
  const { evidenceNats, thresholdNats } = channel
  const reached = hasSpoken(channel) ? ' reached' : ''
  return [
    claim(channel.name, direction),
    natsText(evidenceNats),
    natsText(thresholdNats),
    `${code(bar(evidenceNats / thresholdNats, 20))}${reached}`,
  ]
}

/** At its threshold, and the guard at its own. */
function hasSpoken({ evidenceNats, thresholdNats, guard }: ReportedChannel): boolean {
  const isGuarded = guard === undefined || guard.evidenceNats >= guard.thresholdNats
  return evidenceNats >= thresholdNats && isGuarded
}

function stillNeededText({
  atThisWeightSeconds,
  atTwiceTheWeightSeconds,
}: NonNullable<ReportedJudgement['stillNeeded']>): string {
  const here = lengthText(seconds(atThisWeightSeconds))
  const twice = lengthText(seconds(atTwiceTheWeightSeconds))
  return atThisWeightSeconds === 0
    ? 'Nothing more is needed to prove a healthy canary no worse.'
    : `To be proved no worse, a healthy canary would have needed roughly ${here} more at this weight, ${twice} at twice the weight.`
}

/* ---------------------------------------------------------------- what was left out */

function leftOut({
  blocks,
  quality,
  trouble,
  settings: { blockSeconds },
}: ReportedJudgement): string {
  const judged = `- judged: ${counted(blocks.judged, 'block')} of ${blockSeconds} s, together ${lengthText(seconds(blocks.judgedSeconds))}`
  const items = blocks.leftOut.map(
    ({ text, blocks: count }) => `- left out: ${counted(count, 'block')}, because ${text}`,
  )
  const oddities = [
    [
      quality.proxyRestarts,
      'proxy restarted and counted from zero',
      'proxies restarted and counted from zero',
    ],
    [
      quality.stepsBack,
      'value was lower than before; the highest was held',
      'values were lower than before; the highest was held',
    ],
    [quality.notNumbers, 'sample was no number', 'samples were no numbers'],
    [quality.gaps, 'instant without a sample of one side', 'instants without a sample of one side'],
  ] as const
  return [
    judged,
    ...(items.length === 0 ? ['- left out: nothing'] : items),
    ...oddities.flatMap(([count, one, many]) =>
      count === 0 ? [] : [`- dealt with: ${counted(count, one, many)}`],
    ),
    ...(trouble === undefined ? [] : [`- missing since ${trouble.since}: ${trouble.text}`]),
  ].join('\n')
}

/* ---------------------------------------------------------------- how it was judged */

function settings(asked: ReportedSettings): string {
  const { margin, failureCodes, failureGrpcStatuses } = asked
  const grpc =
    failureGrpcStatuses.length === 0 ? '' : `, gRPC status ${failureGrpcStatuses.join(', ')}`
  return [
    `- failures: ${failureCodes.join(', ')}${grpc}`,
    `- worse: more than ${figures(margin.ratio)} times the stable failure ratio plus ${percentText(margin.points)} of all requests; a good canary is rolled back with a probability of at most ${percentText(asked.falseRollbackRate)} a release`,
    ...(asked.latencyMargin === undefined
      ? []
      : [
          `- slower: by more than ${percentText(asked.latencyMargin)} at some bound of the histogram`,
        ]),
    `- no worse: the canary's failure ratio exceeds the stable one's by less than ${percentText(asked.passMarginPoints)} of all requests; a worse canary passes with a probability of at most ${percentText(asked.falsePassRate)}`,
    `- preset ${asked.preset}, reporter ${asked.reporter}, blocks of ${asked.blockSeconds} s, warm-up ${asked.warmupSeconds} s a pod, nothing passes before ${asked.soakSeconds} s`,
  ].join('\n')
}

function query({ title, promql }: ReportedJudgement['queries'][number]): Section {
  return [`${title}:`, `\`\`\`promql\n${promql}\n\`\`\``]
}
