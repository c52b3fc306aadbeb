/** `differences.md`: where we differ from Argo on purpose, and why. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Found } from './compare.ts'

/** One row of a table. `*` stands for anything in each of the patterns, `-` for a fact that is not there. */
export type Difference = {
  readonly line: number
  readonly scenario: string
  readonly station: string
  readonly fact: string
  readonly argo: string
  readonly ours: string
}

export class Differences {
  readonly all: readonly Difference[]
  readonly #patterns: ReadonlyMap<Difference, Readonly<Record<keyof Found, RegExp>>>

  constructor(all: readonly Difference[]) {
    this.all = all
    this.#patterns = new Map(all.map((each) => [each, patternsOf(each)]))
  }

  find(found: Found): Difference | undefined {
    return this.all.find((each) => {
      const patterns = this.#patterns.get(each)
      return (
        patterns !== undefined && columns.every((key) => patterns[key].test(textOf(found[key])))
      )
    })
  }
}

const columns = ['scenario', 'station', 'fact', 'argo', 'ours'] as const

export function readDifferences(): Differences {
  return parseDifferences(readFileSync(join(import.meta.dirname, 'differences.md'), 'utf8'))
}

/** Rows of tables whose head is `scenario | station | fact | Argo | Haldane`; the prose around them gives the reasons. */
export function parseDifferences(markdown: string): Differences {
  return new Differences(markdown.split('\n').flatMap((text, index) => rowOf(text, index + 1)))
}

function rowOf(text: string, line: number): readonly Difference[] {
  const cells = text.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll(/^`|`$/g, ''))
  const [, scenario, station, fact, argo, ours] = cells
  if (cells.length !== columns.length + 2 || isHead(cells)) return []
  if (!scenario || !station || !fact || !argo || !ours)
    throw new Error(`differences.md:${line}: an empty cell; write * for anything, - for nothing`)
  return [{ line, scenario, station, fact, argo, ours }]
}

/** Or the line below it. */
function isHead([, first = '']: readonly string[]): boolean {
  return first === 'scenario' || /^-+$/.test(first)
}

function patternsOf(entry: Difference): Readonly<Record<keyof Found, RegExp>> {
  return {
    scenario: pattern(entry.scenario),
    station: pattern(entry.station),
    fact: pattern(entry.fact),
    argo: pattern(entry.argo),
    ours: pattern(entry.ours),
  }
}

function pattern(glob: string): RegExp {
  const parts = glob
    .replaceAll(String.raw`\|`, '|')
    .split('*')
    .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`))
  return new RegExp(`^${parts.join('.*')}$`, 's')
}

function textOf(value: Found[keyof Found]): string {
  return value === undefined ? '-' : String(value)
}
