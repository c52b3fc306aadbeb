const longest = 60

/** A value as a message quotes it: JSON on one line, cut when it is long. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'absent'
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`
}
