/** Cpu time of messages: the consumer is called by its event loop, or sleeps until it is told and asks for them. */
import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import { axisCases } from '../../axes/charts.js'
import type { Contestant } from '../../contestant.js'
import type { PacedConsumer, PacedMeasurement } from '../../waiting/measurements.js'

interface Shared {
  readonly port: MessagePort
  /** Messages sent, and taken out. */
  readonly words: Int32Array
}

const SENT = 0
const TAKEN = 32
const WORDS = 33
/** A queue of messages has no end: no more are under way than records of this size fit in 1 MiB. */
const MOST = Math.floor((1 << 20) / 24)
/** So that nobody sleeps through the end. */
const LONGEST_SLEEP_MS = 10

/** Producers that are faster than the consumer must not keep it from looking at its clock. */
const MOST_OF_A_VISIT = 256

type Stamped = readonly [sequence: number, stamp: number]

function measurement(rate: number, how: 'called' | 'asks'): PacedMeasurement<Shared> {
  return {
    kind: 'paced',
    rate,
    share() {
      const { port1, port2 } = new MessageChannel()
      const words = new Int32Array(new SharedArrayBuffer(WORDS * 4))
      return {
        producer: { port: port1, words },
        consumer: { port: port2, words },
        transfer: { producer: [port1], consumer: [port2] },
      }
    },
    producer: ({ port, words }) => ({
      send(sequence, stamp) {
        if (sequence - Atomics.load(words, TAKEN) >= MOST) return false
        port.postMessage([sequence, stamp] satisfies Stamped)
        if (how === 'asks') {
          Atomics.store(words, SENT, sequence + 1)
          Atomics.notify(words, SENT)
        }
        return true
      },
      end() {
        if (how === 'called') port.close()
        else port.postMessage([-1, 0] satisfies Stamped)
      },
    }),
    consumer: (shared) => (how === 'called' ? called(shared) : asks(shared)),
  }
}

/** Nobody counts their wake-ups. */
const counters = () => ({ wakeups: 0, elided: 0, spurious: 0 })

function called({ port, words }: Shared): PacedConsumer {
  return {
    run(onRecord, turn) {
      port.on('message', ([sequence, stamp]: Stamped) => {
        onRecord(sequence, stamp)
        Atomics.store(words, TAKEN, sequence + 1)
        turn()
      })
      return new Promise((resolve) => port.once('close', resolve))
    },
    counters,
  }
}

function asks({ port, words }: Shared): PacedConsumer {
  return {
    run(onRecord, turn) {
      // A port that was closed does not say so to those who ask: the last message does.
      for (let taken = 0; ; turn()) {
        Atomics.wait(words, SENT, taken, LONGEST_SLEEP_MS)
        for (let asked = 0; asked < MOST_OF_A_VISIT; asked++) {
          const next = receiveMessageOnPort(port)
          if (next === undefined) break
          const [sequence, stamp] = next.message as Stamped
          if (sequence < 0) return
          onRecord(sequence, stamp)
          taken = sequence + 1
          Atomics.store(words, TAKEN, taken)
        }
      }
    },
    counters,
  }
}

export function messageCpuCases(how: 'called' | 'asks'): Contestant['cases'] {
  return axisCases('cpu', (rate) => measurement(rate, how))
}
