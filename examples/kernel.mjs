// A ring of the kernel: a program, written here, produces into it; we consume. Linux, as root.
import { openConsumer } from 'bpf-ringbuf'
import { ProgramBuilder, r0, r1, r2, r3, u64 } from 'bpf-ringbuf/bytecode'
import { createRingMap, loadProgram, openKernelRing } from 'bpf-ringbuf/kernel'

const events = createRingMap({ size: '64 KiB', name: 'events' })
const program = new ProgramBuilder()
  .map(r1, 'events')
  .mov(r2, 8)
  .mov(r3, 0)
  .call('bpf_ringbuf_reserve')
  .gotoIf(r0, '==', 0, 'full')
  .constant(r1, 42n)
  .store(u64(r0), r1)
  .mov(r1, r0)
  .mov(r2, 0)
  .call('bpf_ringbuf_submit')
  .label('full')
  .mov(r0, 0)
  .exit()
  .build()

const producer = loadProgram({ type: 'xdp', program, maps: { events } })
const ring = openKernelRing(events)
const consumer = openConsumer(ring)
producer.testRun({ data: new Uint8Array(64), repeat: 3 })
await consumer.waitAsync()
consumer.consume((record) => console.log(new DataView(record.buffer).getBigUint64(0, true)))
for (const one of [ring, producer, events]) one.close()

// Prints:
// 42n
// 42n
// 42n
