import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'

const src = join(import.meta.dirname, '..', 'src')

/** What everything in the core stands on. */
const ground = ['core/units.ts', 'core/result.ts', 'core/json.ts', 'core/object.ts']

/** Who may import whom, first match wins. What is not listed here is not allowed. */
const arrows: readonly { readonly from: string; readonly to: readonly string[] }[] = [
  { from: 'core/units.ts', to: [] },
  { from: 'core/result.ts', to: ['core/units.ts'] },
  { from: 'core/json.ts', to: [] },
  { from: 'core/object.ts', to: ['core/json.ts'] },
  { from: 'core/stats/', to: ['core/stats/', 'core/units.ts', 'simple-statistics'] },
  { from: 'core/score/', to: ['core/score/', 'core/stats/', ...ground, 'simple-statistics'] },
  { from: 'core/judge/', to: ['core/judge/', 'core/stats/', ...ground] },
  { from: 'core/analysis/', to: ['core/analysis/', 'core/judge/', 'core/score/', ...ground] },
  { from: 'core/mesh/', to: ['core/mesh/', ...ground] },
  {
    from: 'core/rollout/',
    to: ['core/rollout/', 'core/analysis/', 'core/judge/', 'core/mesh/', ...ground],
  },
  {
    from: 'core/manifest/',
    to: [
      'core/manifest/',
      'core/rollout/',
      'core/analysis/',
      'core/judge/',
      'core/score/',
      'core/mesh/',
      ...ground,
      'zod',
    ],
  },
  {
    from: 'core/report/',
    to: [
      'core/report/',
      'core/rollout/',
      'core/analysis/',
      'core/judge/',
      'core/mesh/',
      'core/stats/',
      ...ground,
    ],
  },
  {
    from: 'core/checks/',
    to: ['core/checks/', 'core/manifest/', 'core/rollout/', 'core/judge/', 'core/mesh/', ...ground],
  },
  { from: 'ports.ts', to: ['core/'] },
  {
    from: 'adapters/kubernetes/',
    to: ['adapters/kubernetes/', 'ports.ts', 'core/', 'node:', '@kubernetes/client-node', 'yaml'],
  },
  {
    from: 'adapters/prometheus/',
    to: ['adapters/prometheus/', 'ports.ts', 'core/', 'node:', 'prometheus-query'],
  },
  {
    from: 'adapters/schedule/',
    to: ['adapters/schedule/', 'ports.ts', 'core/', 'node:', 'node-cron'],
  },
  { from: 'adapters/files/', to: ['adapters/files/', 'ports.ts', 'core/', 'node:', 'yaml'] },
  { from: 'adapters/log/', to: ['adapters/log/', 'ports.ts', 'core/', 'node:', 'pino'] },
  { from: 'adapters/clock/', to: ['adapters/clock/', 'ports.ts', 'core/', 'node:'] },
  { from: 'sandbox/http/', to: ['sandbox/', 'ports.ts', 'core/', 'node:'] },
  {
    from: 'sandbox/',
    to: ['sandbox/', 'ports.ts', 'core/', '@prometheus-io/lezer-promql', '@lezer/common'],
  },
  { from: 'app/controller/', to: ['app/controller/', 'ports.ts', 'core/'] },
  { from: 'app/cli/', to: ['app/cli/', 'ports.ts', 'core/', 'node:', 'commander'] },
  { from: 'main', to: ['main/', 'adapters/', 'app/', 'sandbox/', 'ports.ts', 'core/', 'node:'] },
]

const impure =
  /\b(Date\.now|new Date\(\)|Math\.random|process\.|setTimeout|setInterval|fetch\(|console\.|await\b|async\b)/

const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
)
const core = files.filter((file) => file.startsWith('core/'))

test('there is something to check', () => {
  expect(files.length).toBeGreaterThan(5)
  expect(core.length).toBeGreaterThan(5)
})

test.for(files)('%s imports only what its folder may', (file) => {
  const allowed = arrows.find((arrow) => file.startsWith(arrow.from))?.to ?? []
  expect(importsOf(file).filter((to) => !allowed.some((start) => to.startsWith(start)))).toEqual([])
})

test.for(core)('%s is pure', (file) => {
  expect(code(file).match(impure)?.[0]).toBeUndefined()
})

test.for(core.filter((file) => file !== 'core/units.ts'))('%s asserts no type', (file) => {
  const spoken = /'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g
  expect(
    code(file)
      .replace(spoken, '')
      .match(/\bas (?!const\b)[A-Za-z]+/)?.[0],
  ).toBeUndefined()
})

test.for(files.filter((file) => !file.endsWith('pod-template-fields.ts')))(
  '%s can be read in one sitting',
  (file) => {
    expect(read(file).split('\n').length).toBeLessThanOrEqual(300)
  },
)

/** The formatter guarantees single quotes and one statement a line, so a regular expression is enough. */
function importsOf(file: string): readonly string[] {
  const lines = [
    ...code(file).matchAll(/^(?:(?:import|export|\})[^'\n]* from|import) '([^']+)'$/gm),
  ]
  const lazy = [...code(file).matchAll(/\bimport\('([^']+)'\)/g)]
  const found = [...lines, ...lazy].map((match) => match[1] ?? '')
  return found.map((to) => (to.startsWith('.') ? normalize(join(dirname(file), to)) : to))
}

test('an import over several lines and a lazy one are both seen', () => {
  expect(importsOf('core/rollout/revision.ts')).toContain('core/rollout/keys.ts')
})

function code(file: string): string {
  return read(file).replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
}

function read(file: string): string {
  return readFileSync(join(src, file), 'utf8')
}
