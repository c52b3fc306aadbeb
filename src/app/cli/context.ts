import type { Io, Programs } from './programs.ts'

/** What a command is added with: its program, once it has run, hands over its exit code. */
export type Context = {
  readonly programs: Programs
  readonly io: Io
  readonly done: (exitCode: number) => void
}
