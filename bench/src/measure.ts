/**
 * Entry of the process that measures one JavaScript contestant in one case, once:
 *
 *   node measure.js CONTESTANT CASE WARM_UP_SECONDS SECONDS
 *
 * Prints a Figure, or {"error": ...}, as one JSON line. Not for use by hand; main.ts starts it.
 */
import { measureOffered } from './axes/offered.js'
import type { CaseName } from './cases.js'
import type { Figure, Measured } from './contestant.js'
import { loadContestant } from './contestants/index.js'
import { ownCpuMs } from './doctor/probes.js'
import { measureFillDrain } from './fill-drain.js'
import { measureHandOff } from './hand-off/measure.js'
import { measureHeap } from './heap/measure.js'
import { measureLoaded } from './latency/loaded.js'
import { measureOneWay } from './linux/one-way.js'
import { measureMemory } from './memory.js'
import { measureContent } from './payloads/measure.js'
import { measureRingbufs } from './ringbufs/measure.js'
import type { ThreadRun } from './threads/control.js'
import { measureEventLoop } from './waiting/event-loop.js'
import { measurePaced } from './waiting/paced.js'
import { measureWakeUp } from './waiting/wake-up.js'
import { measureFootprint } from './weight/footprint.js'
import { measureGrowth } from './weight/growth.js'

async function measure(
  name: string,
  caseName: string,
  warmUpSeconds: number,
  seconds: number,
): Promise<Measured> {
  const run: ThreadRun = { contestant: name, caseName, warmUpSeconds, seconds }
  const measurement = (await loadContestant(name)).cases[caseName as CaseName]
  switch (measurement?.kind) {
    case 'fill-drain':
      return measureFillDrain(measurement, warmUpSeconds, seconds)
    case 'hand-off':
      return measureHandOff(measurement, run)
    case 'memory':
      return measureMemory(measurement)
    case 'wake-up':
      return measureWakeUp(measurement, run)
    case 'paced':
      return measurePaced(measurement, run)
    case 'loaded':
      return measureLoaded(measurement, run)
    case 'event-loop':
      return measureEventLoop(measurement, run)
    case 'offered':
      return measureOffered(measurement, run)
    case 'one-way':
      return measureOneWay(measurement, warmUpSeconds, seconds)
    case 'ringbufs':
      return measureRingbufs(measurement, warmUpSeconds, seconds)
    case 'heap':
      return measureHeap(measurement, warmUpSeconds, seconds)
    case 'content':
      return measureContent(measurement, run)
    case 'footprint':
      return measureFootprint(measurement)
    case 'growth':
      return measureGrowth(measurement, run)
    default:
      throw new Error(`${name} is not measured in JavaScript in ${caseName}`)
  }
}

const [name = '', caseName = '', warmUp, seconds] = process.argv.slice(2)
try {
  const measured = await measure(name, caseName, Number(warmUp), Number(seconds))
  console.log(JSON.stringify({ ...measured, cpuMs: ownCpuMs() } satisfies Figure))
} catch (error) {
  console.log(JSON.stringify({ error: error instanceof Error ? error.message : String(error) }))
  process.exit(1) // a worker may still be waiting for records that never come
}
