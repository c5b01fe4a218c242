/**
 * The consumer process of the crash test: consumes until it is killed, or the ring is closed. It hands on what
 * it has seen, in the order in which it saw it, and how far it has released.
 */
import { writeSync } from 'node:fs'
import { openConsumer } from 'bpf-ringbuf'
import { openMappedRing } from 'bpf-ringbuf/mapped'
import { whatIsWrong } from './record.js'

const ring = openMappedRing(process.argv[2] ?? '')
const consumer = openConsumer(ring)
/** Position, producer, life and number of each record of a batch. */
let lines: string[] = []
for (;;) {
  const outcome = consumer.wait()
  if (outcome === 'closed') break
  const start = consumer.position
  using lease = consumer.lease({ max: 256 })
  for (const record of lease) {
    const words = new Uint32Array(record.copy().buffer)
    const wrong = whatIsWrong(words)
    if (wrong) lines.push(`! ${wrong}`)
    lines.push(`${words[0]} ${words[1]} ${words[2]}`)
  }
  // Told before it is released: whoever goes on may see the same again, from this position on.
  if (lines.length > 0) writeAll(`@${start}\n${lines.join('\n')}\n.\n`)
  lines = []
}
writeAll('end\n')

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
