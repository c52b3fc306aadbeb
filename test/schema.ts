/** JSON Schema, as much of it as docs/schema uses. A keyword that it does not know is an error, so that nothing is checked by half. */
import {
  isObject,
  type Json,
  type JsonObject,
  listAt,
  objectAt,
  sameJson,
} from '../src/core/json.ts'

/** What is wrong, each with its path; nothing when the value fits. */
export function misfits(value: Json, schema: JsonObject): readonly string[] {
  return check(value, schema, { root: schema, path: '$' })
}

type Place = { readonly root: JsonObject; readonly path: string }
type Rule = (value: Json, wanted: Json, place: Place, schema: JsonObject) => readonly string[]

const words = ['$schema', '$id', '$defs', 'title', 'description']

const rules: Readonly<Record<string, Rule>> = {
  $ref: (value, name, place) => check(value, resolve(place.root, textOf(name)), place),
  oneOf: (value, _, place, schema) => oneOf(value, listAt(schema, 'oneOf'), place),
  const: (value, wanted, { path }) =>
    unless(sameJson(value, wanted), path, `is not ${shown(wanted)}`),
  enum: (value, _, { path }, schema) =>
    unless(
      listAt(schema, 'enum').some((each) => sameJson(each, value)),
      path,
      `is not one of ${shown(schema['enum'] ?? null)}`,
    ),
  type: (value, wanted, { path }) => {
    const types: readonly Json[] = Array.isArray(wanted) ? wanted : [wanted]
    return unless(
      types.some((type) => isOf(value, type)),
      path,
      `is no ${types.map(textOf).join(' or ')}`,
    )
  },
  required: (value, _, { path }, schema) =>
    listAt(schema, 'required').flatMap((name) =>
      unless(!isObject(value) || value[textOf(name)] !== undefined, path, `lacks ${shown(name)}`),
    ),
  properties: (value, _, place, schema) =>
    entries(value).flatMap(([name, inner]) => {
      const wanted = objectAt(schema, 'properties')[name]
      return isObject(wanted) ? check(inner, wanted, below(place, name)) : []
    }),
  patternProperties: (value, _, place, schema) =>
    entries(value).flatMap(([name, inner]) =>
      matching(name, schema).flatMap((wanted) => check(inner, wanted, below(place, name))),
    ),
  additionalProperties: (value, wanted, { path }, schema) =>
    entries(value).flatMap(([name]) =>
      unless(wanted !== false || isKnown(name, schema), path, `may not have ${name}`),
    ),
  items: (value, wanted, place) =>
    listAt(value).flatMap((inner, index) =>
      isObject(wanted) ? check(inner, wanted, below(place, String(index))) : [],
    ),
  minItems: (value, least, { path }) =>
    unless(!Array.isArray(value) || value.length >= Number(least), path, 'is too short'),
  maxItems: (value, most, { path }) =>
    unless(!Array.isArray(value) || value.length <= Number(most), path, 'is too long'),
  minProperties: (value, least, { path }) =>
    unless(!isObject(value) || entries(value).length >= Number(least), path, 'holds too little'),
  minLength: (value, least, { path }) =>
    unless(typeof value !== 'string' || value.length >= Number(least), path, 'is too short'),
  pattern: (value, wanted, { path }) =>
    unless(
      typeof value !== 'string' || new RegExp(textOf(wanted)).test(value),
      path,
      'has another form',
    ),
  minimum: (value, least, { path }) =>
    unless(typeof value !== 'number' || value >= Number(least), path, `is below ${shown(least)}`),
  exclusiveMinimum: (value, least, { path }) =>
    unless(
      typeof value !== 'number' || value > Number(least),
      path,
      `is not above ${shown(least)}`,
    ),
  maximum: (value, most, { path }) =>
    unless(typeof value !== 'number' || value <= Number(most), path, `is above ${shown(most)}`),
}

function check(value: Json, schema: JsonObject, place: Place): readonly string[] {
  return Object.entries(schema).flatMap(([keyword, wanted]) => {
    if (wanted === undefined || words.includes(keyword)) return []
    const rule = rules[keyword]
    if (rule === undefined) throw new Error(`the schema uses ${keyword}; teach test/schema.ts`)
    return rule(value, wanted, place, schema)
  })
}

function oneOf(value: Json, schemas: readonly Json[], place: Place): readonly string[] {
  const tries = schemas.filter(isObject).map((schema) => check(value, schema, place))
  const fitting = tries.filter((found) => found.length === 0)
  if (fitting.length === 1) return []
  if (fitting.length > 1) return [`${place.path} fits more than one`]
  return [`${place.path} fits none: ${tries.map((found) => found.join(', ')).join(' | ')}`]
}

function resolve(root: JsonObject, name: string): JsonObject {
  const found = objectAt(root, ...name.replace('#/', '').split('/'))
  if (Object.keys(found).length === 0) throw new Error(`the schema has no ${name}`)
  return found
}

function isOf(value: Json, type: Json): boolean {
  if (type === 'null') return value === null
  if (type === 'object') return isObject(value)
  if (type === 'array') return Array.isArray(value)
  return type === 'integer' ? Number.isInteger(value) : typeof value === type
}

function isKnown(name: string, schema: JsonObject): boolean {
  return objectAt(schema, 'properties')[name] !== undefined || matching(name, schema).length > 0
}

function matching(name: string, schema: JsonObject): readonly JsonObject[] {
  return entries(objectAt(schema, 'patternProperties')).flatMap(([pattern, wanted]) =>
    new RegExp(pattern).test(name) && isObject(wanted) ? [wanted] : [],
  )
}

function entries(value: Json): readonly (readonly [string, Json])[] {
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([name, inner]) =>
    inner === undefined ? [] : [[name, inner] as const],
  )
}

function below({ root, path }: Place, name: string): Place {
  return { root, path: `${path}.${name}` }
}

function unless(holds: boolean, path: string, message: string): readonly string[] {
  return holds ? [] : [`${path} ${message}`]
}

function shown(value: Json): string {
  return JSON.stringify(value)
}

function textOf(value: Json): string {
  if (typeof value !== 'string')
    throw new Error(`the schema should have text instead of ${shown(value)}`)
  return value
}
