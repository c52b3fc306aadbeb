import { expect, test } from 'vitest'
import { runCli } from '../../../src/app/cli/cli.ts'
import type { JudgeOptions } from '../../../src/app/cli/judge-options.ts'
import { CommandError, type Programs } from '../../../src/app/cli/programs.ts'
import { PortError } from '../../../src/ports.ts'
import { testIo } from './recorded.ts'

type Ran = { readonly code: number; readonly said: string; readonly asked: readonly JudgeOptions[] }

async function run(line: string, answer: () => number = () => 0): Promise<Ran> {
  const asked: JudgeOptions[] = []
  const programs: Programs = {
    demo: never,
    controller: never,
    sandbox: never,
    report: never,
    score: never,
    lint: never,
    preflight: never,
    judge: async (options) => {
      asked.push(options)
      return answer()
    },
  }
  const io = testIo()
  const code = await runCli(['judge', ...line.split(' ').filter(Boolean)], programs, io)
  return { code, said: io.written(), asked }
}

function never(): never {
  throw new Error('must not be called')
}

test.for([
  {
    line: '--blocks -',
    asks: {
      source: { kind: 'blocks', file: '-' },
      telling: { json: false, verdictsOnly: false, untilWorse: false },
      interval: 15_000,
    },
  },
  {
    line: '--blocks f.jsonl --json --verdicts-only --until-worse --interval 5s',
    asks: {
      source: { kind: 'blocks', file: 'f.jsonl' },
      telling: { json: true, verdictsOnly: true, untilWorse: true },
      interval: 5000,
    },
  },
  {
    line: '--blocks - --preset strict --codes 5xx,429 --no-latency --warmup 0s --soak 1m --deadline 30m --on-deadline fail --false-rollback-rate 0.5% --false-pass-rate 0.1 --pass-margin 0.3',
    asks: {
      body: {
        preset: 'strict',
        failures: { codes: ['5xx', '429'] },
        latency: false,
        warmup: '0s',
        soak: '1m',
        deadline: '30m',
        onDeadline: 'fail',
        falseRollbackRate: '0.5%',
        falsePassRate: '0.1',
        passMargin: { points: '0.3' },
      },
    },
  },
  {
    line: '--prometheus http://p:9090 --canary {pod=~"a-.*"} --stable {pod=~"b-.*"} --from -1h --to 2026-03-01T12:00:00Z',
    asks: {
      source: {
        kind: 'prometheus',
        url: 'http://p:9090',
        sides: { kind: 'selectors', canary: '{pod=~"a-.*"}', stable: '{pod=~"b-.*"}' },
        from: { kind: 'ago', by: 3_600_000 },
        to: { kind: 'at', at: Date.UTC(2026, 2, 1, 12) },
        follow: false,
        report: false,
      },
    },
  },
  {
    line: '--series s.json --prometheus http://p:9090 --from -1h --follow',
    asks: {
      source: {
        kind: 'series',
        file: 's.json',
        url: 'http://p:9090',
        from: { kind: 'ago', by: 3_600_000 },
        to: undefined,
        follow: true,
      },
    },
  },
  {
    line: '--series -',
    asks: { source: { kind: 'series', file: '-', url: undefined, follow: false } },
  },
  {
    line: '--prometheus http://p:9090 --rollout reviews -n shop --kubeconfig k --follow --report',
    asks: {
      source: {
        sides: { kind: 'rollout', name: 'reviews', namespace: 'shop', kubeconfig: 'k' },
        from: undefined,
        to: undefined,
        follow: true,
        report: true,
      },
    },
  },
])('haldane judge $line', async ({ line, asks }) => {
  const { code, asked } = await run(line)
  expect(code).toBe(0)
  expect(asked).toMatchObject([asks])
})

test.for([
  ['', 'nothing to judge; give --blocks FILE, --series FILE, or --prometheus URL'],
  ['--blocks - --prometheus http://p:9090', 'give either --blocks or --prometheus, not both'],
  ['--blocks - --follow', '--follow has no place beside --blocks; remove it'],
  ['--prometheus http://p', 'two sides are needed; give --canary and --stable, or --rollout'],
  ['--series s.json --rollout r', '--rollout has no place beside --series; remove it'],
  ['--series s.json --blocks -', 'give either --series or --blocks, not both'],
  [
    '--prometheus http://p --canary {}',
    'two sides are needed; give --canary and --stable, or --rollout',
  ],
  [
    '--prometheus http://p --rollout r --canary {}',
    'give either --rollout or --canary and --stable, not both',
  ],
  ['--prometheus http://p --rollout r --report --json', 'give either --report or --json, not both'],
  [
    '--prometheus http://p --canary pod=a',
    "option '--canary <selector>' argument 'pod=a' is invalid. It must be a label selector, such as '{pod=~\"reviews-abc-.*\"}'; see `haldane --help`",
  ],
  [
    '--prometheus http://p --rollout r --from yesterday',
    "option '--from <time>' argument 'yesterday' is invalid. It must be a time, such as 2026-03-01T12:00:00Z or -1h; see `haldane --help`",
  ],
  [
    '--blocks - --false-rollback-rate 60%',
    "option '--false-rollback-rate <rate>' argument '60%' is invalid. It must be a percentage such as 1%, or a share such as 0.01; below 50%; see `haldane --help`",
  ],
  ['--blok -', "unknown option '--blok' (Did you mean --blocks?); see `haldane --help`"],
] as const)('haldane judge %s: %s', async ([line, message]) => {
  const { code, said, asked } = await run(line)
  expect(said).toBe(`! haldane: ${message}\n`)
  expect({ code, asked }).toEqual({ code: 3, asked: [] })
})

test.for([new CommandError('no'), new PortError('unavailable', 'no'), new TypeError('no')])(
  'whatever goes wrong is no verdict: $name',
  async (error) => {
    const { code } = await run('--blocks -', () => {
      throw error
    })
    expect(code).toBe(3)
  },
)

test('help is no failure', async () => {
  const { code, said } = await run('--help')
  expect(code).toBe(0)
  expect(said).toContain('Exit codes: 0 no worse, 1 worse, 2 inconclusive, 3 could not judge.')
})
