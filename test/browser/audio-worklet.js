// Runs in the thread that makes the sound, which may never wait.
import { attachRing, openProducer } from '/dist/index.js'

/** Records of each 128 frames. */
const RECORDS = 8

class RingProducer extends AudioWorkletProcessor {
  #next = 0

  constructor({ processorOptions: { handle, engine } }) {
    super()
    const ring = attachRing(handle, { engine })
    this.producer = openProducer(ring)
    this.producer.outputText('Grüße aus dem Ton 🎵')
    this.port.postMessage({ engine: ring.engine, name: ring.name, blocked: this.#attemptToBlock() })
  }

  process() {
    for (let i = 0; i < RECORDS; i++) this.#produce(this.#next++)
    return true
  }

  /** A record that finds no room is dropped, and counted. */
  #produce(number) {
    const { producer } = this
    const length = 4 + ((number * 7) % 61)
    const address = producer.reserve(length)
    if (address === 0) return
    const { u8, u32 } = producer.memory
    u8.fill(number, address, address + length)
    u32[address >>> 2] = number
    if (number % 10 === 9) producer.discard(address)
    else producer.submit(address)
  }

  #attemptToBlock() {
    try {
      return String(this.producer.waitForRoom(8))
    } catch (error) {
      return error.code
    }
  }
}

registerProcessor('ring-producer', RingProducer)
