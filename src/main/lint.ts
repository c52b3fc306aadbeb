/** `haldane lint`: files, folders and standard input, to the checks. */
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { manifestsIn } from '../adapters/files/manifests.ts'
import { lintManifests, type Manifest } from '../app/cli/lint.ts'
import { CommandError, type Io, type LintOptions } from '../app/cli/programs.ts'
import { textOf } from './text-of.ts'

export async function runLint(options: LintOptions, io: Io): Promise<number> {
  if (options.files.length === 0)
    throw new CommandError('no files; name some, or - for standard input')
  const manifests: Manifest[] = []
  for (const file of options.files.flatMap(filesIn)) manifests.push(await manifestOf(file))
  return lintManifests(manifests, options, io)
}

async function manifestOf(file: string): Promise<Manifest> {
  let text = ''
  for await (const piece of textOf(file)) text += piece
  return { file, ...manifestsIn(text) }
}

/** Of a folder all that looks like manifests, in order of name. */
function filesIn(path: string): readonly string[] {
  const isFolder = path !== '-' && statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
  if (!isFolder) return [path]
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ya?ml|json)$/.test(name))
    .toSorted()
    .map((name) => join(path, name))
}
