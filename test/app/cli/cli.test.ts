import { expect, test } from 'vitest'
import { runCli } from '../../../src/app/cli/cli.ts'
import { CommandError, type Io, type Programs } from '../../../src/app/cli/programs.ts'
import { PortError } from '../../../src/ports.ts'
import { type TestIo, testIo } from './recorded.ts'

type Ran = { readonly code: number; readonly io: TestIo; readonly asked: readonly unknown[] }

async function run(
  line: string,
  env: Io['env'] = {},
  answer: () => number = () => 0,
): Promise<Ran> {
  const asked: unknown[] = []
  const program = (name: string) => async (options: object) => {
    asked.push({ name, ...options })
    return answer()
  }
  const programs: Programs = {
    demo: program('demo'),
    controller: program('controller'),
    sandbox: program('sandbox'),
    report: program('report'),
    judge: program('judge'),
    score: program('score'),
    lint: program('lint'),
    preflight: program('preflight'),
  }
  const io = testIo({ env })
  const code = await runCli(line.split(' ').filter(Boolean), programs, io)
  return { code, io, asked }
}

test.for([
  { line: 'demo', asks: { only: undefined, seed: 1, speed: undefined, json: false, color: true } },
  {
    line: 'demo --only bad --seed 7 --speed 30 --json --no-color',
    asks: { only: 'bad', seed: 7, speed: 30, json: true, color: false },
  },
  {
    line: 'controller',
    asks: {
      kubeconfig: undefined,
      namespace: undefined,
      judge: { block: 15_000, warmup: 120_000, soak: 120_000, prometheusAddress: undefined },
      links: { prometheus: undefined, grafana: undefined },
      logLevel: 'info',
    },
  },
  {
    line: 'controller --kubeconfig k -n shop --prometheus http://p:9090 --grafana https://g/x --grafana-datasource ds --grafana-dashboard db --judge-interval 5s --judge-warmup 0s --judge-soak 1m30s --log-level warn',
    asks: {
      kubeconfig: 'k',
      namespace: 'shop',
      judge: { block: 5000, warmup: 0, soak: 90_000, prometheusAddress: 'http://p:9090' },
      links: {
        prometheus: 'http://p:9090',
        grafana: { url: 'https://g/x', datasource: 'ds', dashboard: 'db' },
      },
      logLevel: 'warn',
    },
  },
  { line: 'score --series s.jsonl', asks: { series: 's.jsonl', json: false } },
  { line: 'score --series - --json', asks: { series: '-', json: true } },
  { line: 'sandbox', asks: { kubeconfig: undefined, port: 15_090, rps: 50, seed: 1 } },
  { line: 'sandbox --port 0 --rps 2.5', asks: { port: 0, rps: 2.5 } },
  {
    line: 'report checkout -n shop --revision 3 --json',
    asks: { rollout: 'checkout', namespace: 'shop', revision: 3, json: true },
  },
])('haldane $line', async ({ line, asks }) => {
  const { code, asked } = await run(line)
  expect(code).toBe(0)
  expect(asked).toEqual([expect.objectContaining({ name: line.split(' ')[0], ...asks })])
})

test('addresses may come from the environment; what is typed wins', async () => {
  const env = { PROMETHEUS_URL: 'http://env:9090', GRAFANA_URL: 'http://grafana' }
  const { asked } = await run('controller --prometheus http://typed:9090', env)
  expect(asked).toMatchObject([
    { links: { prometheus: 'http://typed:9090', grafana: { url: 'http://grafana' } } },
  ])
})

test('an empty variable is no address', async () => {
  const { asked } = await run('controller', { PROMETHEUS_URL: '', GRAFANA_URL: '' })
  expect(asked).toMatchObject([{ links: { prometheus: undefined, grafana: undefined } }])
})

test.for([{ NO_COLOR: '1' }, { TERM: 'dumb' }])('no colours with %o', async (env) => {
  const { asked } = await run('demo', env)
  expect(asked).toMatchObject([{ color: false }])
})

test.for([
  ['', 'say which command; `haldane --help` lists them'],
  ['dmeo', "unknown command 'dmeo' (Did you mean demo?); see `haldane --help`"],
  ['demo --ony good', "unknown option '--ony' (Did you mean --only?); see `haldane --help`"],
  [
    'demo --only ugly',
    "option '--only <release>' argument 'ugly' is invalid. Allowed choices are good, bad; see `haldane --help`",
  ],
  [
    'demo --seed -1',
    "option '--seed <number>' argument '-1' is invalid. It must be a whole number, such as 7; see `haldane --help`",
  ],
  [
    'demo --speed 0',
    "option '--speed <factor>' argument '0' is invalid. It must be a number above 0, such as 30; see `haldane --help`",
  ],
  [
    'controller --prometheus prometheus:9090',
    "option '--prometheus <url>' argument 'prometheus:9090' is invalid. It must be an address, such as http://prometheus:9090; see `haldane --help`",
  ],
  [
    'controller --judge-interval 0s',
    "option '--judge-interval <time>' argument '0s' is invalid. It must be longer than nothing, such as 15s; see `haldane --help`",
  ],
  [
    'sandbox --port 70000',
    "option '--port <port>' argument '70000' is invalid. It must be a port from 0 to 65535; see `haldane --help`",
  ],
  ['report', "missing required argument 'rollout'; see `haldane --help`"],
] as const)('haldane %s: %s', async ([line, message]) => {
  const { code, io, asked } = await run(line)
  expect(io.written()).toBe(`! haldane: ${message}\n`)
  expect({ code, asked }).toEqual({ code: 2, asked: [] })
})

test('a variable that is no address is named', async () => {
  const { code, io } = await run('controller', { GRAFANA_URL: 'grafana' })
  expect(io.written()).toBe(
    "! haldane: GRAFANA_URL is 'grafana'. It must be an address, such as http://prometheus:9090.\n",
  )
  expect(code).toBe(1)
})

test('a data source without Grafana is a mistake, not a wish', async () => {
  const { code, io } = await run('controller --grafana-datasource prom')
  expect(io.written()).toContain('add --grafana URL or set GRAFANA_URL')
  expect(code).toBe(1)
})

test('the exit code is the program’s', async () => {
  expect((await run('demo', {}, () => 3)).code).toBe(3)
})

test.for([
  {
    error: new CommandError('no such file\n  /a; name another'),
    says: '! haldane: no such file /a; name another\n',
  },
  {
    error: new PortError('unavailable', 'the API server does not answer'),
    says: '! haldane: the API server does not answer\n',
  },
])('what a person can put right is one line: $error.name', async ({ error, says }) => {
  const { code, io } = await run('demo', {}, fails(error))
  expect(io.written()).toBe(says)
  expect(code).toBe(1)
})

test('a defect says so, with its stack', async () => {
  const { code, io } = await run('demo', {}, fails(new TypeError('x is undefined')))
  expect(io.written()).toMatch(
    /^! haldane: this is a defect of Haldane, please report it: TypeError: x is undefined\n {4}at /,
  )
  expect(code).toBe(1)
})

test.for(['--version', '-V'])('%s', async (line) => {
  const { code, io } = await run(line)
  expect(io.written()).toMatch(/^\d+\.\d+\.\d+\n$/)
  expect(code).toBe(0)
})

test.for(['--help', 'help'])('%s lists the commands', async (line) => {
  const { code, io } = await run(line)
  for (const command of ['demo', 'controller', 'sandbox', 'report <rollout>'.split(' ')[0]])
    expect(io.written()).toContain(command)
  expect(code).toBe(0)
})

function fails(error: Error): () => never {
  return () => {
    throw error
  }
}
