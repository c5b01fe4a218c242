import { workerData } from 'node:worker_threads'
import { LOCK_WORD } from '#dist/abi/region.js'
import { Random } from './random.js'

/** What a thread is told that writes to a ring without a right to. */
export interface AttackerData {
  readonly buffer: SharedArrayBuffer
  /** First byte behind what it may write to. */
  readonly end: number
  /** Words that it writes to more often than to others. */
  readonly targets: readonly number[]
  /** A word: it writes as long as that is 0. */
  readonly stop: Int32Array
  readonly seed: number
}

if (workerData?.targets) attack(workerData as AttackerData)

/** Writes one word after another: noise, single bits, steps, and words that stand elsewhere. */
function attack({ buffer, end, targets, stop, seed }: AttackerData): void {
  const words = new Uint32Array(buffer)
  const random = new Random(seed)
  while (Atomics.load(stop, 0) === 0) {
    const at = (random.oneIn(2) ? random.pick(targets) : random.below(end)) >>> 2
    // A lock that nobody gives back is a dead holder: another test.
    if (at === LOCK_WORD >>> 2) continue
    const old = Atomics.load(words, at)
    const kind = random.below(6)
    if (kind === 0) Atomics.store(words, at, random.word())
    else if (kind === 1) Atomics.xor(words, at, 1 << random.below(32))
    else if (kind === 2) Atomics.add(words, at, random.pick([-8, 8, 16, 4096, -4096, 4]))
    else if (kind === 3) Atomics.store(words, at, random.below(8192) & ~7)
    else if (kind === 4) Atomics.store(words, at, Atomics.load(words, random.below(end) >>> 2))
    else {
      // There and back: most wrong words do not stay.
      Atomics.store(words, at, random.word())
      for (let i = random.below(200); i > 0; i--) Atomics.load(stop, 0)
      Atomics.store(words, at, old)
    }
    Atomics.notify(new Int32Array(buffer), at, random.below(2))
  }
}
