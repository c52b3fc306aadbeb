/** `haldane lint`: manifests from files to findings with their lines. */
import { lint } from '../../core/checks/lint.ts'
import type { JsonObject } from '../../core/json.ts'
import {
  findingJson,
  findingLine,
  findingsExit,
  findingsSummary,
  type Placed,
} from './findings-page.ts'
import { CommandError, type Io, type LintOptions } from './programs.ts'

/** One file, read. */
export type Manifest = {
  readonly file: string
  readonly objects: readonly {
    readonly json: JsonObject
    readonly lineOf: (path: string) => number
  }[]
  readonly unreadable: readonly { readonly line: number; readonly message: string }[]
}

/** Resolves to the exit code. Throws a CommandError when there is nothing to look at. */
export function lintManifests(
  manifests: readonly Manifest[],
  { namespace, strict, json }: Omit<LintOptions, 'files'>,
  io: Pick<Io, 'out'>,
): number {
  const written = manifests.flatMap(({ file, objects }) =>
    objects.map((object) => ({ file, ...object })),
  )
  const unreadable = manifests.flatMap(unreadableFindings)
  if (written.length === 0 && unreadable.length === 0)
    throw new CommandError('there is no manifest in these files; name files with YAML or JSON')
  const findings = lint(
    written.map((object) => object.json),
    namespace,
  )
  const placed: readonly Placed[] = [
    ...unreadable,
    ...written.flatMap(({ file, lineOf }, index) =>
      (findings[index] ?? []).map((finding) => ({
        ...finding,
        at: { file, line: lineOf(finding.path) },
      })),
    ),
  ]
  for (const each of placed) io.out(json ? findingJson(each) : findingLine(each))
  if (!json) io.out(`${findingsSummary(placed)}\n`)
  return findingsExit(placed, { strict })
}

function unreadableFindings({ file, unreadable }: Manifest): readonly Placed[] {
  return unreadable.map(({ line, message }) => ({
    level: 'problem',
    object: undefined,
    path: '',
    message,
    at: { file, line },
  }))
}
