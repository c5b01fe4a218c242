/**
 * The consumer process of the crash test: consumes until it is killed, or the ring is closed. It hands on what
 * it has seen, in the order in which it saw it, and where that began.
 */
import { writeSync } from 'node:fs'
import { type EngineChoice, openConsumer } from 'bpf-ringbuf'
import { openMappedRing } from 'bpf-ringbuf/mapped'
import { whatIsWrong } from './record.js'
import { awaitTurn } from './spare.js'

const [name = '', engine] = process.argv.slice(2)
const ring = openMappedRing(name, { engine: engine as EngineChoice })
awaitTurn()
const consumer = openConsumer(ring)
while (consumer.wait() !== 'closed') {
  using lease = consumer.lease({ max: 256 })
  // Behind discarded records that it has passed over already: those do not come again.
  const start = consumer.position
  const lines: string[] = []
  for (const record of lease) {
    const words = record.uint32
    const wrong = whatIsWrong(words, 0, words.length)
    lines.push(wrong ? `! ${wrong}` : `${words[0]} ${words[1]}`)
  }
  // Told before it is released: whoever goes on may see the same again, from this position on.
  if (lines.length > 0) writeAll(`@${start}\n${lines.join('\n')}\n.\n`)
}

/** As one, and at once: the process may be killed behind it, but not between. */
function writeAll(text: string): void {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(1, bytes, at)
    } catch (error) {
      if ((error as { code?: string }).code !== 'EAGAIN') throw error
    }
  }
}
