/** `{{args.x}}` → the argument's value, in all texts of a metric. */
import type { Argument } from '../analysis/metric.ts'
import { isObject, type Json } from '../json.ts'
import { failed, ok, problem, type Result } from '../result.ts'

const tag = /\{\{(.*?)\}\}/gs

/** Values go in as they are and are not looked through again. A tag that names no known argument is a problem, once for each name. */
export function fillArguments(json: Json, args: readonly Argument[], path: string): Result<Json> {
  const tags = new Set(
    [...JSON.stringify(json).matchAll(tag)].map(([, name]) => (name ?? '').trim()),
  )
  const troubles = [...tags].flatMap((name) => {
    const trouble = troubleWith(name, args)
    return trouble === undefined ? [] : [problem(path, trouble)]
  })
  return troubles.length > 0 ? failed(...troubles) : ok(filled(json, args))
}

function troubleWith(name: string, args: readonly Argument[]): string | undefined {
  const argument = find(name, args)
  if (argument === undefined) return `failed to resolve {{${name}}}`
  return argument.value === undefined ? `argument "${argument.name}" was not supplied` : undefined
}

function filled(json: Json, args: readonly Argument[]): Json {
  if (typeof json === 'string')
    return json.replace(tag, (_, name: string) => find(name.trim(), args)?.value ?? '')
  if (Array.isArray(json)) {
    const entries: readonly Json[] = json
    return entries.map((entry) => filled(entry, args))
  }
  if (!isObject(json)) return json
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => [
      name,
      value === undefined ? undefined : filled(value, args),
    ]),
  )
}

function find(name: string, args: readonly Argument[]): Argument | undefined {
  return args.find((argument) => `args.${argument.name}` === name)
}
