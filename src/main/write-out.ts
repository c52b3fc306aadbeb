/** Standard output for programs that may write faster than anybody reads. */
import { once } from 'node:events'

/** As shells say it for SIGPIPE. */
const nobodyReads = 141

let isWatched = false

/** Resolves when there is room for more. Whoever stops reading ends the process, quietly. */
export async function writeOut(text: string): Promise<void> {
  if (text === '') return
  watch()
  if (!process.stdout.write(text)) await once(process.stdout, 'drain')
}

function watch(): void {
  if (isWatched) return
  isWatched = true
  process.stdout.on('error', () => process.exit(nobodyReads))
}
