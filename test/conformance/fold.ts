/** What is another one in every run: time stamps and uids. The namespace is folded where its name is known. */
const folds: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z| ?[+-]\d\d:?\d\d(?: [A-Z]+)?)/g, 'TIME'],
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UID'],
]

export function mended(text: string): string {
  return folds.reduce((done, [pattern, word]) => done.replaceAll(pattern, word), text)
}
