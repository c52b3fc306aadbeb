import { accessTo, type Where } from './access.ts'

/** The namespace that the current context works in, as kubectl understands it. Throws as `accessTo` does. */
export function currentNamespace(where: Where): string {
  return accessTo(where).namespace ?? 'default'
}
