/** The sentences of docs/calibration.md. No number here that a run could change. */
import type { Made } from './json.ts'

export function about({ seed, runs }: Made, releases: number, cells: number): string {
  return `# Calibration

How often does the judge roll back a canary that is good, how soon does it find one that is bad, and how soon does it let one go on? Measured
on simulated releases, next to the rules that people use today. Made by \`npm run calibrate -- --seed ${seed} --runs ${runs}\`: ${releases} releases in
${cells} cells, and every number below is that command's own. The same seed gives the same numbers; the seed of a single release is
\`<seed>/<id of the cell>/<number>\`, so any one can be played again.

**What is simulated.** A service of 20 pods, in steps of 5 s. The canary has one pod for each 5 % of the traffic. "Stepped" is 5, 10, 25 and 50 %, ten minutes each;
a fixed weight lasts 30 minutes. Before each release come 30 minutes of history, from which the judge learns. Its settings are those of a user who sets nothing;
all contestants see the same releases.

| world | what happens in it, to both sides alike |
| --- | --- |
| clean | requests fail independently |
| drift | traffic rises and falls by 40 % within half an hour |
| shared | drift, and two incidents of 1–2 min in the release and two in the history: 5 points more failures, twice as slow |
| podburst | each pod fails 20 points more for 10 s every 20 min, on average |
| cluster | failures come within an instant, five at once on average |
| all | all of these |
| uneven 0.3, 0.7 | pods differ for good: each has its own failure ratio, lognormal with this sigma |
| retries | failures come in threes, as one request's tries |
| stop and go | traffic flows for 2 min and rests for 1, on average |
| warm-up | fresh canary pods fail 2 points more, less and less (e-fold 30 s), and are 2.5 times as slow (40 s). The first 120 s of a pod are left out, as the settings do |
| podfx | latency: all pods wander together by 15 % (2 min), each by 4 % (1 min) |
| gc | latency: each pod takes 1.8 times as long for 5 s every 5 min, on average |
| uneven 0.05 | latency: pods differ in speed for good, lognormal with this sigma |

Latency is lognormal, p50 40 ms, sigma 0.6, counted in Istio's default buckets. In latency worlds 0.1 % fail, too: the whole judge is measured, not a channel.

**Contestants.** *Haldane* with blocks of 5 and 15 s. *Plain ratio*: a sequential likelihood ratio for independent requests without margin, dispersion or guard, 1 %, blocks of 15 s.
*Argo*: a success ratio below 99 or 95 % in a minute is a failure, the fourth ends it (\`failureLimit: 3\`). *Flagger*: the same, the fifth check ends it. *Kayenta*: Mann-Whitney on a value a minute (confidence
0.98, tolerance 0.25, increase), once at 30 min or every 5 min; failure percentages, or p50, p95 and p99 of which any may fail. They get exact
counts by the minute: no scrape error, no extrapolation.

**How to read.** A rate has its standard error; 0 is given with what it may hide (95 %). Times are median / p95 in seconds from when the canary turned bad; "–" is beyond the release,
and a percentage in front is the part that was found at all. In brackets the median number of requests that the canary had failed by then, or served where latency is bad.
*Limit* is the mean time that any sequential test with 1 % false alarms needs, to first order (Wald), when the stable failure ratio is unknown.
A bar is *missed* when the measured number is beyond it, *broken* when chance (1 in 10,000) does not explain that.`
}

export const headings = {
  bars: '## What it must reach\n\nThe worst of all cells that the bar speaks of, and of both block lengths unless it says which.',
  falseRollbacks:
    '## Good canaries rolled back: failures\n\nStepped, 40 minutes.\n\n![Good canaries rolled back](calibration/false-rollbacks.svg)',
  untaught:
    '### Without history\n\nNothing was learned before the release: only the half of the judge that bursts cannot fool, with a longer guard.',
  slowFalseRollbacks: '## Good canaries rolled back: failures and latency\n\nStepped, 40 minutes.',
  beyondReach:
    '## Nearly good canaries\n\nShown, not counted against the bars. Warm-up judged from the first second on is what the setting is for. The others are truly worse, by less than the margin.',
  detections:
    '## Bad canaries found: failures\n\nAt 5 % for 30 minutes.\n\n![Bad canaries found](calibration/detection.svg)',
  otherWeights: '### At other weights',
  lateOnsets: '### Turned bad later\n\n500 requests a second at 5 %. Times are from the onset.',
  slowDetections:
    '## Slow canaries found\n\nAt 5 % for 30 minutes.\n\n![Slow canaries found](calibration/latency.svg)',
  passes:
    '## Good canaries pass\n\nMargin 0.5 points. *Proof*: the evidence suffices. *Verdict*: "no worse", after the soak of two minutes and eight blocks.',
  falsePasses:
    '## Bad canaries pass\n\nThe canary is worse by exactly the margin, so at most 5 % may pass. *Evidence*: of the channel alone, even where the canary had been found worse. *Verdict*: of the whole judge.',
} as const

export function endsWith({ seed, runs }: Made): string {
  return `## Again

\`\`\`
npm run calibrate -- --seed ${seed} --runs ${runs}   # this page
npm run calibrate -- --quick                         # about two minutes; ends with 1 when a bar is broken
npm run calibrate -- --quick --json                  # everything that was measured
\`\`\`

What is not simulated: sticky sessions, header routing, autoscaling, retries across versions, counter resets, lost scrapes. One world is one program; nothing here was measured on a real mesh.
`
}
