// Rings between processes and of the kernel, in any runtime. What is not there is said, not failed.
import { openConsumer, openProducer, RingEpoll } from 'bpf-ringbuf'
import { ProgramBuilder, r0, r1, r2, r3, u64 } from 'bpf-ringbuf/bytecode'
import { createRingMap, loadProgram, openKernelRing } from 'bpf-ringbuf/kernel'
import { createMappedRing, openMappedRing } from 'bpf-ringbuf/mapped'

let checks = 0
function check(what, holds) {
  if (!holds) throw new Error(what)
  checks++
}

await mapped()
let kernel = true
try {
  createRingMap({ size: 4096 }).close()
} catch (error) {
  kernel = false
  console.log(`without rings of the kernel: ${error.message}`)
}
if (kernel && !process.versions.bun) await ofTheKernel()
if (kernel && process.versions.bun) {
  let code
  try {
    openKernelRing(createRingMap({ size: 4096 }))
  } catch (error) {
    code = error.code
  }
  check('refused', code === 'ERR_NOT_SUPPORTED')
}
console.log(`${checks} checks`)

async function mapped() {
  const ring = createMappedRing({ size: 4096 })
  const other = openMappedRing(ring.handle)
  const consumer = openConsumer(ring, { strategy: 'park' })
  const producer = openProducer(other)
  for (let i = 0; i < 200; i++) {
    const waiting = i % 2 === 0 ? consumer.waitAsync({ timeoutMs: 5000 }) : undefined
    if (i % 4 === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    check('output', producer.outputText(`record ${i}`) === 0)
    check('wait', (waiting ? await waiting : consumer.wait({ timeoutMs: 5000 })) === 'ready')
    check('read', new TextDecoder().decode(consumer.read()) === `record ${i}`)
  }
  check('timeout', (await consumer.waitAsync({ timeoutMs: 5 })) === 'timeout')
  other.detach()
  ring.detach()
  ring.detach()
  let code
  try {
    ring.query(0)
  } catch (error) {
    code = error.code
  }
  check('given up', code === 'ERR_RESOURCE_CLOSED')
}

async function ofTheKernel() {
  const events = createRingMap({ size: 4096, name: 'events' })
  const text = new ProgramBuilder()
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
  const program = loadProgram({ type: 'xdp', program: text, maps: { events } })
  const produce = () => program.testRun({ data: new Uint8Array(64) })
  const ring = openKernelRing(events)
  const consumer = openConsumer(ring, { strategy: 'park' })
  for (let i = 0; i < 200; i++) {
    const waiting = i % 2 === 0 ? consumer.waitAsync({ timeoutMs: 5000 }) : undefined
    if (i % 4 === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    produce()
    check('kernel wait', (waiting ? await waiting : consumer.wait({ timeoutMs: 5000 })) === 'ready')
    const record = consumer.read()
    check('kernel record', new DataView(record.buffer).getBigUint64(0, true) === 42n)
  }
  const epoll = new RingEpoll()
  epoll.add(consumer)
  const waiting = epoll.waitAsync({ timeoutMs: 5000 })
  produce()
  check('kernel epoll', (await waiting).length === 1)
  epoll.close()
  for (const one of [ring, program, events]) one.close()
}
