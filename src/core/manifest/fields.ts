/**
 * The field names of a kind: what this version serves, and what else Argo's schema has. A field that is ignored is a release that
 * nobody guards, so every name is either served or a problem.
 */
import { isObject, type Json } from '../json.ts'
import { type Problem, problem } from '../result.ts'
import { nearest } from './nearest.ts'

/** `*` stands for all other names. */
export type Fields = { readonly [name: string]: Field }

export type Field =
  /** The schema looks at it, or it stays opaque. */
  | { readonly kind: 'served' }
  | RefusedField
  | { readonly kind: 'object'; readonly fields: Fields }
  | { readonly kind: 'list'; readonly fields: Fields }

type RefusedField = {
  readonly kind: 'refused'
  readonly message: (noun: string) => string
  readonly insteadOf: string | undefined
}

/** What is left of a value when names are judged. */
export type Sifted = {
  /** Only served fields; `null` counts as absent, as Kubernetes has it. */
  readonly served: Json
  readonly problems: readonly Problem[]
  /** Paths of fields that are not to be missed, since the problems say what stands in their place. */
  readonly excused: readonly string[]
}

export const served: Field = { kind: 'served' }

export function object(fields: Fields): Field {
  return { kind: 'object', fields }
}

export function list(fields: Fields): Field {
  return { kind: 'list', fields }
}

/** Argo's, not ours yet. `insteadOf` is the served field beside it that its user does not miss. */
export function refused(remedy = 'remove it', insteadOf?: string): Field {
  return {
    kind: 'refused',
    message: (noun) =>
      `is Argo's, but not served by this version of Haldane; ${remedy} or keep this ${noun} with Argo's controller`,
    insteadOf,
  }
}

/** Known by name, but not to be used here; the message says why. */
export function misplaced(message: string, insteadOf?: string): Field {
  return { kind: 'refused', message: () => message, insteadOf }
}

/** `noun` names the whole in messages, such as `Rollout`; `path` is where the value stands in it. */
export function sift(value: Json, fields: Fields, noun: string, path: string): Sifted {
  if (!isObject(value)) return { served: value, problems: [], excused: [] }
  const place = { fields, noun, path }
  const kept: [string, Json][] = []
  const problems: Problem[] = []
  const excused: string[] = []
  for (const [name, inner] of Object.entries(value)) {
    if (inner === undefined || inner === null) continue
    const part = siftField(name, inner, place)
    if (part.served !== undefined) kept.push([name, part.served])
    problems.push(...part.problems)
    excused.push(...part.excused)
  }
  return { served: Object.fromEntries(kept), problems, excused }
}

/** `path.name`, or `path["name"]` when the name is no plain word. */
export function childPath(path: string, name: string): string {
  if (!/^[A-Za-z_][\w-]*$/.test(name)) return `${path}[${JSON.stringify(name)}]`
  return path === '' ? name : `${path}.${name}`
}

type Place = { readonly fields: Fields; readonly noun: string; readonly path: string }
type Part = Omit<Sifted, 'served'> & { readonly served: Json | undefined }

function siftField(name: string, value: Json, { fields, noun, path }: Place): Part {
  const field = Object.hasOwn(fields, name) ? fields[name] : fields['*']
  switch (field?.kind) {
    case undefined:
      return unknownField(name, { fields, noun, path })
    case 'served':
      return { served: value, problems: [], excused: [] }
    case 'refused':
      return refusedField(value, field, name, { fields, noun, path })
    case 'object':
      return sift(value, field.fields, noun, childPath(path, name))
    case 'list':
      return siftList(value, field.fields, noun, childPath(path, name))
  }
}

function siftList(value: Json, fields: Fields, noun: string, path: string): Part {
  if (!Array.isArray(value)) return { served: value, problems: [], excused: [] }
  const entries: readonly Json[] = value
  const parts = entries.map((entry, index) => sift(entry, fields, noun, `${path}[${index}]`))
  return {
    served: parts.map((part) => part.served),
    problems: parts.flatMap((part) => part.problems),
    excused: parts.flatMap((part) => part.excused),
  }
}

/** `false` and an empty list ask for nothing, so there is nothing to refuse. */
function refusedField(value: Json, field: RefusedField, name: string, { noun, path }: Place): Part {
  const asksNothing = value === false || (Array.isArray(value) && value.length === 0)
  if (asksNothing) return { served: undefined, problems: [], excused: [] }
  return {
    served: undefined,
    problems: [problem(childPath(path, name), field.message(noun))],
    excused: excusedBy(field.insteadOf, path),
  }
}

function unknownField(name: string, { fields, noun, path }: Place): Part {
  const meant = nearest(name, Object.keys(fields))
  const hint = meant === undefined ? 'remove it' : `did you mean ${meant}?`
  const message = `is not a field of ${/^[AEIOU]/i.test(noun) ? 'an' : 'a'} ${noun}; ${hint}`
  return {
    served: undefined,
    problems: [problem(childPath(path, name), message)],
    excused: excusedBy(meant, path),
  }
}

function excusedBy(name: string | undefined, path: string): readonly string[] {
  return name === undefined ? [] : [childPath(path, name)]
}
