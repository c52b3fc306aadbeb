/** Text as sentences. */
import { flat } from './markdown-table.ts'

/** On one line, with an end. */
export function asSentence(text: string): string {
  const line = flat(text)
  return /[.!?]$/.test(line) ? line : `${line}.`
}

export function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}
