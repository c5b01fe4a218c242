/** What can be read off the machine at any moment: the way between its cpus, and who had them. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { nativePath, whyNotNative } from '../native.js'

/** Jiffies are 10 ms in /proc, whatever the kernel's own tick is. */
const JIFFY_MS = 10

/** A cache line to the other cpu and back, in ns; null where there is no compiler for the probe. */
export function roundTripNs(): number | null {
  if (whyNotNative('pingpong') !== null) return null
  try {
    const line = execFileSync(nativePath('pingpong'), { encoding: 'utf8', timeout: 10_000 })
    return (JSON.parse(line) as { rttNs?: number }).rttNs ?? null
  } catch {
    return null
  }
}

export interface CpuTimes {
  readonly busyMs: number
  /** Time that the hypervisor gave to others while we wanted to run. */
  readonly stolenMs: number
}

/** Over all cpus since the machine started: user nice system idle iowait irq softirq steal. Zeros where unknown. */
export function cpuTimes(): CpuTimes {
  try {
    const line = readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? ''
    const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = line
      .trim()
      .split(/\s+/)
      .slice(1)
      .map((jiffies) => Number(jiffies) * JIFFY_MS)
    return { busyMs: user + nice + system + irq + softirq, stolenMs: steal }
  } catch {
    return { busyMs: 0, stolenMs: 0 }
  }
}

/** Of this process, all its threads together, and of its children that have ended. */
export function ownCpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e3 + cpuMsOfChildren()
}

/** Fields 16 and 17 of proc(5)'s stat. 0 where there is no /proc. */
function cpuMsOfChildren(): number {
  try {
    const stat = readFileSync('/proc/self/stat', 'latin1')
    const [user, system] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(13, 15)
    return (Number(user) + Number(system)) * JIFFY_MS
  } catch {
    return 0
  }
}
