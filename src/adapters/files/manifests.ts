/** Manifests as people write them: YAML or JSON, several documents a file, each object with the line that a path of it stands on. */
import {
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'
import { isObject, type Json, type JsonObject, listAt, parseJson, textAt } from '../../core/json.ts'

export type WrittenObject = {
  readonly json: JsonObject
  /** Counted from 1; of the nearest part of the path that is written there. */
  readonly lineOf: (path: string) => number
}

/** What is no YAML, or no object. */
export type Unreadable = { readonly line: number; readonly message: string }

export type Manifests = {
  readonly objects: readonly WrittenObject[]
  readonly unreadable: readonly Unreadable[]
}

/** Never throws. Empty documents are skipped, and a `List` is the objects in it. */
export function manifestsIn(text: string): Manifests {
  const lines = new LineCounter()
  const lineAt = (offset: number): number => Math.max(1, lines.linePos(offset).line)
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false })
  const read = documents.map((document) => readDocument(document, lineAt))
  return {
    objects: read.flatMap(({ objects }) => objects),
    unreadable: read.flatMap(({ unreadable }) => unreadable),
  }
}

type LineAt = (offset: number) => number

function readDocument(
  document: ReturnType<typeof parseAllDocuments>[number],
  lineAt: LineAt,
): Manifests {
  const [error] = document.errors
  if (error !== undefined) return notRead(lineAt(error.pos[0]), `is no YAML: ${error.message}`)
  const root = document.contents
  if (root === null) return { objects: [], unreadable: [] }
  const line = lineAt(offsetOf(root))
  const json = jsonOf(document)
  if (json === undefined) return notRead(line, 'cannot be read: an alias leads nowhere, or too far')
  if (json === null) return { objects: [], unreadable: [] }
  if (!isObject(json))
    return notRead(line, 'is no manifest: it must be a mapping with apiVersion and kind')
  return { objects: objectsIn(json, root, lineAt), unreadable: [] }
}

function notRead(line: number, message: string): Manifests {
  return { objects: [], unreadable: [{ line, message }] }
}

/** Undefined where aliases cannot be resolved; the number of them is bounded by the parser. */
function jsonOf(document: ReturnType<typeof parseAllDocuments>[number]): Json | undefined {
  try {
    return parseJson(JSON.stringify(document.toJS()))
  } catch {
    return undefined
  }
}

function objectsIn(json: JsonObject, root: Node, lineAt: LineAt): readonly WrittenObject[] {
  if (textAt(json, 'kind') !== 'List') return [written(json, root, lineAt)]
  const items = childOf(root, 'items')?.node
  return listAt(json, 'items').flatMap((item, index) => {
    const node = items && childOf(items, index)?.node
    return isObject(item) ? [written(item, node ?? root, lineAt)] : []
  })
}

function written(json: JsonObject, root: Node, lineAt: LineAt): WrittenObject {
  return {
    json,
    lineOf: (path) => {
      let place: Place = { node: root, offset: offsetOf(root) }
      for (const key of keysOf(path)) {
        const next = place.node && childOf(place.node, key)
        if (next === undefined) break
        place = next
      }
      return lineAt(place.offset)
    },
  }
}

type Place = { readonly node: Node | undefined; readonly offset: number }

/** Where a field's name stands, or an item of a list. */
function childOf(node: Node, key: string | number): Place | undefined {
  if (isSeq<Node>(node) && typeof key === 'number') return itemOf(node, key)
  return isMap<Node, Node | null>(node) ? fieldOf(node, String(key)) : undefined
}

function itemOf({ items }: YAMLSeq<Node>, index: number): Place | undefined {
  const item = items[index]
  return item && { node: item, offset: offsetOf(item) }
}

function fieldOf({ items }: YAMLMap<Node, Node | null>, name: string): Place | undefined {
  const pair = items.find(({ key }) => isScalar(key) && String(key.value) === name)
  return pair && { node: pair.value ?? undefined, offset: offsetOf(pair.key) }
}

function offsetOf({ range }: Node): number {
  return range?.[0] ?? 0
}

/** `spec.steps[0].pause` and `metadata.annotations["a.b/c"]`; what is no path leads as far as it can be read. */
function keysOf(path: string): readonly (string | number)[] {
  const found = path.matchAll(/\[["']([^"']*)["']\]|\[(\d+)\]|([^.[\]]+)/g)
  return [...found].map(([, quoted, index, name]) =>
    index === undefined ? (quoted ?? name ?? '') : Number(index),
  )
}
