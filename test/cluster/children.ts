import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

/** What is started: a program with its arguments, and what its environment has besides ours. */
export type Program = {
  readonly name: string
  readonly path: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** A program that was started. What it prints goes to `logPath`. */
export class Child {
  readonly name: string
  readonly logPath: string
  readonly #process: ChildProcess

  constructor(name: string, logPath: string, process: ChildProcess) {
    this.name = name
    this.logPath = logPath
    this.#process = process
  }

  get pid(): number | undefined {
    return this.#process.pid
  }

  isRunning(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null
  }

  /** Its last lines, for messages. */
  logTail(): string {
    const lines = readFileSync(this.logPath, 'utf8').trimEnd().split('\n').slice(-15)
    return `the end of ${this.logPath}:\n${lines.join('\n')}`
  }

  /** Asks it to end, and ends it after 5 s. Resolves when it is gone. */
  async stop(): Promise<void> {
    if (!this.isRunning()) return
    const gone = once(this.#process, 'exit')
    this.#process.kill('SIGTERM')
    const waited = new AbortController()
    const patience = setTimeout(5000, undefined, { signal: waited.signal })
      .then(() => this.kill())
      .catch(() => undefined)
    await gone
    waited.abort()
    await patience
  }

  /** Ends it at once. */
  kill(): void {
    if (this.isRunning()) this.#process.kill('SIGKILL')
  }
}

/** Programs that end together: when asked to, and at the latest with this process. */
export class Children {
  readonly #logFolder: string
  #children: readonly Child[] = []

  constructor(logFolder: string) {
    this.#logFolder = logFolder
  }

  /** Rejects when the program cannot be started at all; what becomes of it later shows in `until`. */
  async start(program: Program): Promise<Child> {
    if (this.#children.length === 0) this.#bindToProcess()
    const logPath = join(this.#logFolder, `${program.name}.log`)
    const log = openSync(logPath, 'a')
    const started = spawn(program.path, program.args, {
      stdio: ['ignore', log, log],
      env: { ...process.env, ...program.env },
    })
    closeSync(log)
    await once(started, 'spawn')
    const child = new Child(program.name, logPath, started)
    this.#children = [...this.#children, child]
    return child
  }

  /** The last started ends first. More can be started afterwards. */
  async stop(): Promise<void> {
    for (const child of this.#children.toReversed()) await child.stop()
    this.#children = []
    process.off('exit', this.#killAll)
    for (const signal of endings) process.off(signal, this.#onEnding)
  }

  #bindToProcess(): void {
    process.on('exit', this.#killAll)
    for (const signal of endings) process.on(signal, this.#onEnding)
  }

  readonly #killAll = (): void => {
    for (const child of this.#children) child.kill()
  }

  /** Our listeners go first, so that the signal then does what it does without us. */
  readonly #onEnding = (signal: NodeJS.Signals): void => {
    this.#killAll()
    for (const name of endings) process.off(name, this.#onEnding)
    process.kill(process.pid, signal)
  }
}

/**
 * Looks again and again until there is something. Rejects after `seconds`, or as soon as `child` has
 * ended, with what was last found wrong and the end of the child's log.
 */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined>,
  bounds: { readonly seconds: number; readonly child: Child },
): Promise<T> {
  const { seconds, child } = bounds
  const end = performance.now() + seconds * 1000
  let wrong = 'nothing yet'
  while (performance.now() < end && child.isRunning()) {
    try {
      const found = await look()
      if (found !== undefined) return found
    } catch (error) {
      wrong = error instanceof Error ? error.message : String(error)
    }
    await setTimeout(100)
  }
  const why = child.isRunning()
    ? `did not come within ${seconds} s`
    : `cannot come, ${child.name} ended`
  throw new Error(`${what} ${why} (${wrong}); ${child.logTail()}`)
}

/** Runs a program to its end and gives its output; rejects with what it wrote to standard error. */
export async function run(path: string, args: readonly string[], input?: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const bounds = { timeout: 60_000, maxBuffer: 256 * 1024 * 1024 }
  const child = execFile(path, args, bounds, (error, stdout, stderr) => {
    if (error === null) resolve(stdout)
    else reject(new Error(`${path} ${args.join(' ')}: ${stderr.trim() || error.message}`))
  })
  child.stdin?.end(input)
  return promise
}

/** Where a program of the cluster tests stands; throws when it has not been built. */
export function toolPath(name: string): string {
  const tools = process.env['HALDANE_TOOLS'] ?? join(import.meta.dirname, '..', '..', '.tools')
  const path = join(tools, 'bin', name)
  if (!existsSync(path))
    throw new Error(`${name} has not been built; run: bash test/cluster/tools/build.sh`)
  return path
}

/** Ports on loopback that were free a moment ago, all different. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => {
    const address = server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  })
  await Promise.all(servers.map((server) => once(server.close(), 'close')))
  return ports
}
