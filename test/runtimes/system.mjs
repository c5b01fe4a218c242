// The door to the operating system, by each runtime's own way: run by scripts/run-in-runtimes.mjs in each.
// It is not public, so it is imported by its place. Where the kernel's own rings may not be made (no
// CAP_BPF), what is about them is left out, and says so.
import * as constants from '../../dist/system/constants.js'
import { Descriptor } from '../../dist/system/descriptor.js'
import { loadSystem } from '../../dist/system/load-system.js'
import { mapFile, mapTwice } from '../../dist/system/map.js'
import { Watch } from '../../dist/system/watch.js'

const EXPECTED = { node: 'koffi', 'node:ffi': 'node:ffi', bun: 'bun:ffi', deno: 'Deno.dlopen' }
const kind = globalThis.Deno ? 'deno' : process.versions.bun ? 'bun' : 'node'
const builtin = kind === 'node' && process.getBuiltinModule('node:ffi') ? 'node:ffi' : kind

let checks = 0
function check(what, actual, expected) {
  if (actual !== expected) throw new Error(`${what}: ${actual}, not ${expected}`)
  checks++
}

const system = loadSystem()
check('the backend', system.backend, EXPECTED[builtin])
check('a page', system.pageBytes % 4096, 0)
check('an error', system.close(999), -9)
check('another error', system.munmap(1, 1), -22)
check('what is long gone', system.open('/no/such/file', 0, 0), -2)
check('a thread', system.threadId() > 0, true)

const page = system.pageBytes
const memory = () =>
  Descriptor.own(system, system.memfdCreate('check', constants.MFD_ALLOW_SEALING), 'memfd_create', 'check')
{
  const file = memory()
  check('a size', system.ftruncate(file.fd, 3 * page), 0)
  check('is told', system.status(file.fd).sizeBytes, 3 * page)
  const seals = constants.F_SEAL_SHRINK | constants.F_SEAL_GROW | constants.F_SEAL_SEAL
  check('sealed', system.fcntl(file.fd, constants.F_ADD_SEALS, seals), 0)
  check('for good', system.ftruncate(file.fd, page), -1)

  const ring = mapTwice(system, file.fd, 'ring', { headBytes: 2 * page, dataBytes: page })
  const { bytes } = ring
  bytes.set([1, 2, 3, 4, 5, 6, 7, 8], 3 * page - 4)
  check('past the end is the start', String(bytes.slice(2 * page, 2 * page + 4)), '5,6,7,8')
  const again = mapFile(system, file.fd, 'again', { length: 3 * page })
  Atomics.store(again.words, 0, 7)
  check('one memory', Atomics.add(ring.words, 0, 1), 7)
  check('one memory, 64 bits wide', again.longs[0], 8n)
  check('a futex that holds another', system.futexWait(ring.address, 7, 1000), -11)
  const before = performance.now()
  check('a futex, until time is over', system.futexWait(ring.address, 8, 120), -110)
  check('and no earlier', performance.now() - before >= 119, true)
  check('nobody to wake', system.futexWake(ring.address, 1), 0)

  // Without `transfer`, pages of what was closed stay as long as the view.
  const detaches = typeof ArrayBuffer.prototype.transfer === 'function'
  ring.close()
  check('views of what was closed', bytes.length, detaches ? 0 : 4 * page)
  if (!detaches) check('are of memory all the same', bytes[0], 8)
  check('the other is untouched', again.bytes[0], 8)
  again.close()
  file.close()
}

// bpf(BPF_MAP_CREATE) of a ring, and its pages.
{
  const attributes = new Uint8Array(72)
  new DataView(attributes.buffer).setUint32(0, 27, true)
  new DataView(attributes.buffer).setUint32(12, page, true)
  const answer = system.bpf(0, attributes)
  if (answer < 0) console.log(`skipped: rings of the kernel: ${answer}`)
  else {
    const ring = new Descriptor(system, answer, 'ringbuf')
    within(mapFile(system, ring.fd, 'consumer page', { length: page }), (consumer) => {
      check('the consumer page is written', Atomics.store(consumer.longs, 0, 8n), 8n)
      Atomics.store(consumer.longs, 0, 0n)
    })
    const { PROT_READ, PROT_WRITE, MAP_SHARED } = constants
    check(
      'the producer page is not',
      system.mmap(0, page, PROT_READ | PROT_WRITE, MAP_SHARED, ring.fd, page),
      -1,
    )
    const rest = { length: 3 * page, offset: page, access: 'read' }
    within(mapFile(system, ring.fd, 'data', rest), (data) => check('nothing is in it', data.longs[0], 0n))
    ring.close()
  }
}

// The event loop wakes, by each way there is.
for (const by of system.watchReadable ? ['loop', 'thread'] : ['thread']) {
  const bell = new Descriptor(system, system.eventfd(0), 'bell')
  let rung = 0
  let heard
  const watch = new Watch(
    system,
    bell.fd,
    'bell',
    () => {
      rung += system.eventfdRead(bell.fd)
      heard()
    },
    { by },
  )
  for (let i = 1; i <= 20; i++) {
    const hearing = new Promise((resolve) => {
      heard = resolve
    })
    system.eventfdWrite(bell.fd, 1)
    await hearing
    check(`${by}: ring ${i}`, rung, i)
  }
  watch.close()
  system.eventfdWrite(bell.fd, 1)
  await new Promise((resolve) => setTimeout(resolve, 20))
  check(`${by}: nobody listens`, rung, 20)
  bell.close()
}
// This one holds nothing.
const idle = new Descriptor(system, system.eventfd(0), 'idle')
new Watch(system, idle.fd, 'idle', () => {}).unref()
console.log(`${checks} checks`)

function within(mapping, use) {
  use(mapping)
  mapping.close()
}
