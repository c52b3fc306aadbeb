/**
 * The events of Argo's controller, from its log. Its recorder writes them to the API server one after the other and drops what comes
 * too fast or too often; the log has all of them, in order and at once.
 */
import { closeSync, existsSync, openSync, readSync } from 'node:fs'
import { reasonWithWeight } from './event-reason.ts'

export class ArgoLog {
  readonly #path: string
  readonly #reasons = new Map<string, string[]>()
  #read = 0
  #rest = ''

  constructor(path: string) {
    this.#path = path
  }

  eventsOf(namespace: string): readonly string[] {
    this.#readOn()
    return this.#reasons.get(namespace) ?? []
  }

  #readOn(): void {
    if (!existsSync(this.#path)) return
    const file = openSync(this.#path, 'r')
    const buffer = Buffer.alloc(1024 * 1024)
    for (let got = readSync(file, buffer, 0, buffer.length, this.#read); got > 0; ) {
      this.#read += got
      this.#hear(buffer.toString('utf8', 0, got))
      got = readSync(file, buffer, 0, buffer.length, this.#read)
    }
    closeSync(file)
  }

  #hear(text: string): void {
    const lines = `${this.#rest}${text}`.split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) {
      const event = parseLine(line)
      if (event === undefined) continue
      const told = this.#reasons.get(event.namespace) ?? []
      told.push(event.reason)
      this.#reasons.set(event.namespace, told)
    }
  }
}

/** `time="…" level=info msg="…" event_reason=RolloutPaused namespace=shop rollout=reviews`. */
function parseLine(
  line: string,
): { readonly namespace: string; readonly reason: string } | undefined {
  const field = (name: string): string | undefined => {
    const found = new RegExp(` ${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|(\\S+))`).exec(line)
    return found?.[1] ?? found?.[2]
  }
  const [reason, namespace] = [field('event_reason'), field('namespace')]
  if (reason === undefined || namespace === undefined || field('rollout') === undefined)
    return undefined
  return { namespace, reason: reasonWithWeight(reason, field('msg') ?? '') }
}
