// A ring between processes: the child inherits the descriptor of its file. Linux; Node 20 to 24 want koffi.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { decodeText, openConsumer, openProducer } from 'bpf-ringbuf'
import { createMappedRing, openMappedRing } from 'bpf-ringbuf/mapped'

if (process.argv[2] === 'child') {
  const ring = openMappedRing(3)
  for (const text of ['one', 'two', 'three']) openProducer(ring).outputText(text)
  ring.close()
} else {
  const ring = createMappedRing({ size: '64 KiB' })
  const stdio = ['ignore', 'inherit', 'inherit', ring.fd]
  spawn(process.execPath, [fileURLToPath(import.meta.url), 'child'], { stdio })
  for await (const record of openConsumer(ring)) {
    console.log(decodeText(record, 0, record.length))
  }
  ring.detach()
}

// Prints:
// one
// two
// three
