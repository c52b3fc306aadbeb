/** What a process has cost so far, as Linux counts it. */
import { readFileSync } from 'node:fs'

export type Cost = {
  readonly cpuSeconds: number
  readonly residentMiB: number
  readonly peakMiB: number
}

/** `CLK_TCK`, which is 100 on every Linux that Node runs on. */
const ticks = 100

export function costOf(pid: number): Cost {
  return costFrom(
    readFileSync(`/proc/${pid}/stat`, 'utf8'),
    readFileSync(`/proc/${pid}/status`, 'utf8'),
  )
}

/** The name of a program may hold spaces and brackets: fields are counted from the last one that closes. */
export function costFrom(stat: string, status: string): Cost {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticks,
    residentMiB: mebibytes(status, 'VmRSS'),
    peakMiB: mebibytes(status, 'VmHWM'),
  }
}

function mebibytes(status: string, name: string): number {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)
  if (found === null) throw new Error(`/proc/PID/status has no ${name}`)
  return Number(found[1]) / 1024
}
