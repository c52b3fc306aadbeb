/** What the command line runs. `main.ts` supplies them and loads each only when it is asked for. */
import type { JudgeDefaults } from '../../core/manifest/judge-settings.ts'
import type { LinkSettings } from '../../core/report/links.ts'
import type { Duration } from '../../core/units.ts'
import type { Stop } from '../../ports.ts'
import type { JudgeOptions } from './judge-options.ts'

/** What a program may touch of the process that it runs in. */
export type Io = {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  readonly env: Readonly<Record<string, string | undefined>>
  /** Size of the terminal that `out` writes to, at this moment; undefined when it is none. */
  readonly terminal: () => TerminalSize | undefined
  /** Calls `then` once a person interrupts (SIGINT) or the system ends the process (SIGTERM). Whoever listens sees to it that it ends. */
  readonly onInterrupt: (then: () => void) => Stop
}

export type TerminalSize = { readonly columns: number; readonly rows: number }

/** Each resolves to the exit code. A CommandError or a PortError becomes one line on stderr and exit code 1. */
export interface Programs {
  demo(options: DemoOptions, io: Io): Promise<number>
  controller(options: ControllerOptions, io: Io): Promise<number>
  sandbox(options: SandboxOptions, io: Io): Promise<number>
  report(options: ReportOptions, io: Io): Promise<number>
  judge(options: JudgeOptions, io: Io): Promise<number>
  score(options: ScoreOptions, io: Io): Promise<number>
  lint(options: LintOptions, io: Io): Promise<number>
  preflight(options: PreflightOptions, io: Io): Promise<number>
}

export type DemoOptions = {
  /** Undefined plays both. */
  readonly only: 'good' | 'bad' | undefined
  readonly seed: number
  /** Virtual seconds in a real one; undefined is the demo's own pace. */
  readonly speed: number | undefined
  readonly json: boolean
  readonly color: boolean
}

export type ControllerOptions = {
  /** Undefined is where kubectl looks, then the pod's own account. */
  readonly kubeconfig: string | undefined
  /** Undefined serves all namespaces. */
  readonly namespace: string | undefined
  /** `prometheusAddress` is the controller's own store. */
  readonly judge: JudgeDefaults
  readonly links: LinkSettings
  readonly logLevel: LogLevel
}

export type LogLevel = 'info' | 'warn' | 'error'

export type SandboxOptions = {
  readonly kubeconfig: string | undefined
  /** 0 takes any free port. */
  readonly port: number
  /** Requests a second at the gateway. */
  readonly rps: number
  readonly seed: number
}

export type ReportOptions = {
  readonly rollout: string
  /** Undefined is the namespace of the current context. */
  readonly namespace: string | undefined
  readonly kubeconfig: string | undefined
  /** Undefined is the newest that has a report. */
  readonly revision: number | undefined
  readonly json: boolean
}

export type ScoreOptions = {
  /** A file of series, one JSON object a line; `-` is standard input. */
  readonly series: string
  readonly json: boolean
}

export type LintOptions = {
  /** Files and folders; `-` is standard input. */
  readonly files: readonly string[]
  /** Of objects that name none. */
  readonly namespace: string
  /** Warnings fail, too. */
  readonly strict: boolean
  readonly json: boolean
}

export type PreflightOptions = {
  /** Undefined looks at all of the namespace. */
  readonly rollout: string | undefined
  /** Undefined is the namespace of the current context. */
  readonly namespace: string | undefined
  readonly kubeconfig: string | undefined
  /** Address; undefined leaves the metrics out. */
  readonly prometheus: string | undefined
  readonly block: Duration
  readonly strict: boolean
  readonly json: boolean
}

/** What a person can put right: the message says what is wrong and what to do, in one line. */
export class CommandError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'CommandError'
  }
}
