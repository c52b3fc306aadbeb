/** Names of what a Rollout makes. They are made of other names, and the API server takes 253 characters. */
import { fnv1a } from './fnv.ts'

const longest = 253 - 8

/** `stem` and `suffix`, with a little room behind for a number; a stem that is too long is cut, and what was cut is told by a hash, so that two of them stay two. */
export function generatedName(stem: string, suffix: string): string {
  if (stem.length + suffix.length <= longest) return stem + suffix
  const tail = `-${hashOf(stem)}`
  const kept = stem.slice(0, longest - suffix.length - tail.length)
  return kept.replace(/[-.]+$/, '') + tail + suffix
}

/** In letters and digits that a name may have. */
function hashOf(text: string): string {
  return fnv1a(new TextEncoder().encode(text)).toString(36)
}
