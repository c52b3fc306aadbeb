/** The recorded traces of Argo's controller. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseTrace, type Trace, traceJson } from './trace.ts'

const folder = join(import.meta.dirname, '..', '..', 'fixtures', 'argo-traces')

export function readTrace(scenario: string): Trace | undefined {
  const path = join(folder, `${scenario}.json`)
  return existsSync(path) ? parseTrace(readFileSync(path, 'utf8')) : undefined
}

export function writeTrace(trace: Trace): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, `${trace.scenario}.json`), traceJson(trace))
}
