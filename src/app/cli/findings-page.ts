/** Findings → lines for people or for programs, and the exit code that they come to. */
import { type Finding, type Level, levels } from '../../core/checks/finding.ts'

/** A finding, or what is no manifest at all. */
export type Placed = Omit<Finding, 'object'> & {
  readonly object: Finding['object'] | undefined
  /** Where it is written; undefined for what stands in a cluster. */
  readonly at: { readonly file: string; readonly line: number } | undefined
}

export const couldNotLook = 3

/** `file:line: problem Rollout shop/reviews spec.replicas: …` */
export function findingLine({ level, object, path, message, at }: Placed): string {
  const place = at === undefined ? '' : `${at.file}:${at.line}: `
  const where = [object && nameOf(object), path].filter(Boolean).join(' ')
  const said = where === '' ? message : `${where}: ${message}`
  return `${place}${level.padEnd(at === undefined ? 7 : 0)} ${said}\n`
}

export function findingJson({ level, object, path, message, at }: Placed): string {
  return `${JSON.stringify({ level, ...object, ...at, path, message })}\n`
}

/** `2 problems, 1 warning` */
export function findingsSummary(findings: readonly Pick<Finding, 'level'>[]): string {
  const counted = levels
    .filter((level) => level === 'problem' || level === 'warning')
    .map((level) => ({ level, count: countOf(findings, level) }))
    .filter(({ count }) => count > 0)
    .map(({ level, count }) => `${count} ${level}${count === 1 ? '' : 's'}`)
  return counted.length === 0 ? 'nothing stands in the way' : counted.join(', ')
}

export function findingsExit(
  findings: readonly Pick<Finding, 'level'>[],
  { strict }: { readonly strict: boolean },
): number {
  const failing: readonly Level[] = strict ? ['problem', 'warning'] : ['problem']
  return findings.some(({ level }) => failing.includes(level)) ? 1 : 0
}

function nameOf({ kind, namespace, name }: Finding['object']): string {
  return `${kind} ${[namespace, name].filter(Boolean).join('/')}`
}

function countOf(findings: readonly Pick<Finding, 'level'>[], level: Level): number {
  return findings.filter((each) => each.level === level).length
}
