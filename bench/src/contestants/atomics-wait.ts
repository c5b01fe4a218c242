/** Atomics.wait and notify, and no ring: what every JavaScript ring pays at least to wake a thread. */
import type { Contestant } from '../contestant.js'
import type { OnRecord, WakeUpMeasurement, WakeUpProducer } from '../waiting/measurements.js'

/** Records so far; negative: no more will come. */
const COUNT = 0
/** As doubles, behind the cache line of the count: number and stamp of as many records as may wait. */
const SLOTS_AT = 16
const SLOTS = 4096
const BYTES = (SLOTS_AT + 2 * SLOTS) * Float64Array.BYTES_PER_ELEMENT

function slotOf(sequence: number): number {
  return SLOTS_AT + 2 * (sequence % SLOTS)
}

type Memory = SharedArrayBuffer

function share() {
  const memory = new SharedArrayBuffer(BYTES)
  return { producer: memory, consumer: memory }
}

function openProducer(memory: Memory): WakeUpProducer {
  const words = new Int32Array(memory)
  const doubles = new Float64Array(memory)
  let sent = 0
  const tell = (count: number) => {
    Atomics.store(words, COUNT, count)
    Atomics.notify(words, COUNT, 1)
  }
  return {
    send(sequence, now) {
      const slot = slotOf(sequence)
      doubles[slot] = sequence
      doubles[slot + 1] = now()
      sent = sequence + 1
      tell(sent)
    },
    end: () => tell(-sent),
  }
}

/** Shows the records that came since so many were seen. Answers how many there are now; negative at the end. */
function show(memory: Memory, seen: number, onRecord: OnRecord): number {
  const doubles = new Float64Array(memory)
  const count = Atomics.load(new Int32Array(memory), COUNT)
  for (let sequence = seen; sequence < Math.abs(count); sequence++) {
    const slot = slotOf(sequence)
    onRecord(doubles[slot] as number, doubles[slot + 1] as number)
  }
  return count
}

const blocking: WakeUpMeasurement<Memory> = {
  kind: 'wake-up',
  share,
  producer: openProducer,
  consumer(memory) {
    const words = new Int32Array(memory)
    let sleeps = 0
    return {
      run(onRecord) {
        for (let seen = 0; seen >= 0; seen = show(memory, seen, onRecord)) {
          if (Atomics.wait(words, COUNT, seen) === 'ok') sleeps++
        }
      },
      sleeps: () => sleeps,
    }
  },
}

const asynchronous: WakeUpMeasurement<Memory> = {
  kind: 'wake-up',
  share,
  producer: openProducer,
  consumer(memory) {
    const words = new Int32Array(memory)
    let sleeps = 0
    return {
      async run(onRecord) {
        // What waits for a word keeps no thread alive.
        const alive = setInterval(() => {}, 1e6)
        for (let seen = 0; seen >= 0; seen = show(memory, seen, onRecord)) {
          const { async: sleeping, value } = Atomics.waitAsync(words, COUNT, seen)
          if (sleeping && (await value) === 'ok') sleeps++
        }
        clearInterval(alive)
      },
      sleeps: () => sleeps,
    }
  },
}

export const contestants: readonly Contestant[] = [
  {
    name: 'atomics-wait',
    about: 'Atomics.wait and Atomics.notify on a counter, slots that nobody guards: no ring',
    absent: () => null,
    cases: { 'idle-wakeup': blocking },
  },
  {
    name: 'atomics-wait-async',
    about: 'the same with Atomics.waitAsync',
    absent: () => null,
    cases: { 'idle-wakeup': asynchronous },
  },
]
