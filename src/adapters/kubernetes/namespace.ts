import { configuration, type Where } from './configuration.ts'

/** The namespace that the current context works in, as kubectl understands it. Throws as `configuration` does. */
export function currentNamespace(where: Where): string {
  const config = configuration(where)
  return config.getContextObject(config.currentContext)?.namespace ?? 'default'
}
