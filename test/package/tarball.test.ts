/** What is published, packed, installed in an empty folder and run. */
import { execFile } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, delimiter, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseJson, textAt } from '../../src/core/json.ts'

const root = join(import.meta.dirname, '..', '..')
/** The Node of the repository: the one on the PATH may be too old, and the package brings none. */
const node = join(root, 'node_modules', 'node', 'bin', 'node')
const folder = mkdtempSync(join(tmpdir(), 'haldane-package-'))
const installed = join(folder, 'installed')

beforeAll(async () => {
  const source = join(folder, 'source')
  cpSync(root, source, { recursive: true, filter: isSource })
  symlinkSync(join(root, 'node_modules'), join(source, 'node_modules'))
  await run('npm', ['pack', '--pack-destination', folder], source)
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? 'no tarball'
  mkdirSync(installed)
  const quiet = ['--no-audit', '--no-fund', '--prefer-offline']
  await run('npm', ['install', ...quiet, join(folder, tarball)], installed)
})

afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

test('says its version', async () => {
  const manifest = parseJson(readFileSync(join(root, 'package.json'), 'utf8'))
  const { out } = await run('npx', ['--no-install', 'haldane', '--version'], installed)
  expect(out.trim()).toBe(textAt(manifest, 'version'))
})

test('says what it can do', async () => {
  const { out } = await run('npx', ['--no-install', 'haldane', '--help'], installed)
  for (const command of ['demo', 'controller', 'report']) expect(out).toContain(command)
})

test.for(['--help', '--version'])('%s does not load the Kubernetes client', async (flag) => {
  const loaded = await modulesLoaded([flag])
  expect(loaded.some((url) => url.includes('/haldane/dist/main.js'))).toBe(true)
  expect(loaded.filter((url) => url.includes('@kubernetes/client-node'))).toEqual([])
})

test('a command that needs a cluster loads it', async () => {
  const loaded = await modulesLoaded(['report', 'reviews', '--kubeconfig', 'nowhere'])
  expect(loaded.some((url) => url.includes('@kubernetes/client-node'))).toBe(true)
})

test('plays a release without a cluster', async () => {
  const demo = ['demo', '--only', 'good', '--speed', '1000', '--json']
  const { out, code } = await run('npx', ['--no-install', 'haldane', ...demo], installed)
  expect(parseJson(out.trim().split('\n').at(-1))).toMatchObject({
    kind: 'outcome',
    release: 'good',
    expected: 'promoted',
    outcome: 'promoted',
  })
  expect(code).toBe(0)
})

test('brings what the manual names, and no sources', () => {
  const shipped = readdirSync(join(installed, 'node_modules', 'haldane'), { recursive: true })
  expect(shipped).toEqual(
    expect.arrayContaining(['dist/main.js', 'deploy/kustomization.yaml', 'README.md', 'LICENSE']),
  )
  expect(shipped.filter((name) => /\.ts$|^(src|test|fixtures)\b/.test(String(name)))).toEqual([])
})

type Ended = { readonly out: string; readonly err: string; readonly code: number }

/** Rejects when the program cannot be started or is `npm` and fails. */
function run(program: string, args: readonly string[], cwd: string): Promise<Ended> {
  const path = [join(root, 'node_modules', 'node', 'bin'), process.env['PATH']].join(delimiter)
  const options = { cwd, env: { ...process.env, PATH: path }, timeout: 170_000 }
  return new Promise((resolve, reject) => {
    execFile(program, args, options, (error, out, err) => {
      const code = error === null ? 0 : error.code
      if (typeof code !== 'number' || (program === 'npm' && code !== 0))
        reject(new Error(`${program} ${args.join(' ')}: ${err}`, { cause: error }))
      else resolve({ out, err, code })
    })
  })
}

/** A hook that is in place before the program writes down every module that Node loads. */
async function modulesLoaded(args: readonly string[]): Promise<readonly string[]> {
  const hook = `
    import { registerHooks } from 'node:module'
    import { writeSync } from 'node:fs'
    registerHooks({ load(url, context, next) { writeSync(2, 'loaded ' + url + '\\n'); return next(url, context) } })`
  const main = join(installed, 'node_modules', 'haldane', 'dist', 'main.js')
  const first = ['--import', `data:text/javascript,${encodeURIComponent(hook)}`, main]
  const { err } = await run(node, [...first, ...args], installed)
  return err
    .split('\n')
    .filter((line) => line.startsWith('loaded '))
    .map((line) => line.slice('loaded '.length))
}

const left: ReadonlySet<string> = new Set([
  'node_modules',
  'dist',
  'coverage',
  '.git',
  '.tools',
  '.haldane',
])

function isSource(path: string): boolean {
  return !left.has(basename(path)) && !path.endsWith('.tgz')
}
