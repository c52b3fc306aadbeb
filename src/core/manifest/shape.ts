/** Between zod and our problems: sentences for what a schema refuses, and schemas out of plain readers. */
import { z } from 'zod'
import { type Problem, problem } from '../result.ts'
import { childPath, type Sifted } from './fields.ts'
import { shown } from './shown.ts'

/** What was parsed, with all that is wrong beside it; `value` is absent when the schema refused. */
export type Shaped<T> = { readonly value: T | undefined; readonly problems: readonly Problem[] }

/** Parses what the names left over. A field that a name problem stands for is not missed as well. */
export function shape<T>(sifted: Sifted, schema: z.ZodType<T>, path: string): Shaped<T> {
  const parsed = schema.safeParse(sifted.served, { reportInput: true })
  if (parsed.success) return { value: parsed.data, problems: sifted.problems }
  const found = parsed.error.issues.map((issue) => problemOf(issue, path))
  const missed = found.filter((each) => !sifted.excused.includes(each.path))
  return { value: undefined, problems: [...sifted.problems, ...missed] }
}

/** A schema out of a function that reads a value or finds nothing; `what` ends the sentence `must be …`. */
export function readAs<T>(read: (value: unknown) => T | undefined, what: string): z.ZodType<T> {
  return z.unknown().transform((value, context) => {
    const found = read(value)
    if (found !== undefined) return found
    const message = value === undefined ? 'is required' : `must be ${what}, is ${shown(value)}`
    context.issues.push({ code: 'custom', message, input: value })
    return z.NEVER
  })
}

function problemOf(issue: z.core.$ZodIssue, root: string): Problem {
  return problem(pathText(root, issue.path), sentence(issue))
}

function pathText(root: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : childPath(text, String(key))),
    root,
  )
}

function sentence(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return typeSentence(issue)
  if (issue.code === 'too_big') return `must be at most ${issue.maximum}, is ${shown(issue.input)}`
  if (issue.code === 'too_small') return smallSentence(issue)
  if (issue.code !== 'invalid_value') return issue.message
  if (issue.input === undefined) return 'is required'
  return `must be ${oneOf(issue.values.map(String))}, is ${shown(issue.input)}`
}

function typeSentence(issue: z.core.$ZodIssueInvalidType): string {
  if (issue.message !== '' && !issue.message.startsWith('Invalid input')) return issue.message
  if (issue.input === undefined) return 'is required'
  return `must be ${nouns[issue.expected] ?? issue.expected}, is ${shown(issue.input)}`
}

function smallSentence(issue: z.core.$ZodIssueTooSmall): string {
  if (issue.origin === 'number' || issue.origin === 'int')
    return `must be at least ${issue.minimum}, is ${shown(issue.input)}`
  return issue.origin === 'array' ? `must hold at least ${issue.minimum}` : 'must not be empty'
}

const nouns: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a whole number',
  string: 'text',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
}

/** `a, b or c`. */
export function oneOf(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`
}
