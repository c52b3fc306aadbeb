/** A verdict on series in one sentence. Numbers only where they belong to a decision. */
import { durationText } from '../units.ts'
import { troubleSentence } from './sentence.ts'
import type { FoundSeries, SeriesTrouble, SeriesVerdict } from './series-verdict.ts'

export function seriesSentence(verdict: SeriesVerdict): string {
  switch (verdict.kind) {
    case 'worse': {
      const { code, found, after } = verdict.because
      const where = code === 'CanaryIsHigher' ? 'higher' : 'lower'
      const { logE, threshold } = found.against
      return `${found.name} lies ${where} on the canary: ${sidesText(found)}; evidence ${logE.toFixed(1)} of ${threshold.toFixed(1)} nats after ${durationText(after)}`
    }
    case 'no-worse':
      return `every series is proved no worse than its pass margin: ${verdict.findings.series.map(({ name }) => name).join(', ')}`
    case 'undecided':
      return verdict.because.code === 'Soaking'
        ? `no worse so far; passes when ${durationText(verdict.because.soak)} have been judged`
        : 'too little evidence yet, neither for worse nor for no worse'
    case 'no-data':
      return `no data: ${seriesTroubleSentence(verdict.because)}`
  }
}

export function seriesTroubleSentence(because: SeriesTrouble): string {
  return because.code === 'NoValues'
    ? `${because.series} has no values of the ${because.side} side; does its query answer anything?`
    : troubleSentence(because)
}

/** `canary 212, stable 170`. */
export function sidesText({ canary, stable }: FoundSeries): string {
  return `canary ${valueText(canary)}, stable ${valueText(stable)}`
}

function valueText(value: number | undefined): string {
  if (value === undefined) return 'not known'
  const short = Number(value.toPrecision(3))
  return Math.abs(short) < 1000 ? String(short) : short.toLocaleString('en-US')
}
