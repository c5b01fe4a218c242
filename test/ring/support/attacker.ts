import { workerData } from 'node:worker_threads'
import { LOCK_WORD } from '#dist/abi/region.js'
import { drawDamage } from './damage.js'
import { Random } from './random.js'

/** What a thread is told that writes to a ring without a right to. */
export interface AttackerData {
  readonly buffer: ArrayBufferLike
  /** Where the ring begins, and how many bytes of data it has. */
  readonly address: number
  readonly size: number
  /** Words that it shares with who lives with the damage: CONTROL_*. */
  readonly control: Int32Array
  readonly seed: number
}

/** It writes as long as this is 0. */
export const CONTROL_STOP = 0
/** How many words it has damaged. */
export const CONTROL_DAMAGES = 1
/** Changes when something was done with the damage. */
export const CONTROL_DEEDS = 2

/** So often it looks whether its last damage was met, before it goes on all the same. */
const LOOKS = 500

if (workerData?.control) attack(workerData as AttackerData)

/** Damages one word after another. */
export function attack({ buffer, address, size, control, seed }: AttackerData): void {
  const words = new Uint32Array(buffer)
  const index = (at: number) => (address + at) >>> 2
  const target = { size, word: (at: number) => Atomics.load(words, index(at)) }
  const random = new Random(seed)
  while (Atomics.load(control, CONTROL_STOP) === 0) {
    const { at, value } = drawDamage(target, random)
    // A lock that nobody gives back is a dead holder: another test.
    if (at === LOCK_WORD) continue
    const old = Atomics.exchange(words, index(at), value)
    if (buffer instanceof SharedArrayBuffer)
      Atomics.notify(new Int32Array(buffer), index(at), random.below(2))
    Atomics.add(control, CONTROL_DAMAGES, 1)
    const deeds = Atomics.load(control, CONTROL_DEEDS)
    for (let looks = random.below(LOOKS); looks > 0; looks--) {
      if (Atomics.load(control, CONTROL_DEEDS) !== deeds) break
    }
    // There and back: most wrong words do not stay.
    if (!random.oneIn(4)) Atomics.compareExchange(words, index(at), value, old)
  }
}
