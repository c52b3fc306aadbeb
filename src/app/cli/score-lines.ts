/** What `haldane score` says for programs: one JSON object a line, described in docs/score.md. */
import type { Json } from '../../core/json.ts'
import type { GroupScore } from '../../core/score/score.ts'
import type { MetricScore, Scorecard, Summary } from '../../core/score/scorecard.ts'

export type ScorePlace = { readonly number: number; readonly release: string | undefined }

/** Words and names as Kayenta writes them, with what it leaves out: weights, effect, interval. */
export function scoreLine({ number, release }: ScorePlace, card: Scorecard): string {
  const line: Json = {
    kind: 'score',
    line: number,
    release,
    score: card.score,
    classification: card.label,
    reason: card.override?.reason ?? null,
    outcome: card.outcome,
    groups: card.groups.map(groupOf),
    metrics: card.metrics.map(metricOf),
  }
  return `${JSON.stringify(line)}\n`
}

function groupOf({ name, score, weight, isEmpty }: GroupScore): Json {
  return { name, score, weight, noData: isEmpty }
}

function metricOf(metric: MetricScore): Json {
  const { name, groups, label, reason = null, critical, muted, deviation, effect, shift } = metric
  return {
    name,
    groups,
    classification: label,
    reason,
    critical,
    muted,
    deviation: written(deviation),
    effectSize: written(effect),
    interval: shift && {
      low: written(shift.low),
      high: written(shift.high),
      estimate: written(shift.estimate),
    },
    control: summaryOf(metric.stable),
    experiment: summaryOf(metric.canary),
  }
}

function summaryOf({ count, mean, std, min, max }: Summary): Json {
  return { count, mean: written(mean), std: written(std), min: written(min), max: written(max) }
}

/** JSON has no NaN and no infinities: they become text, as in Kayenta. */
function written(value: number | undefined): Json | undefined {
  return value === undefined || Number.isFinite(value) ? value : String(value)
}
