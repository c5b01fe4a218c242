/** Another process, which does what it is told by its arguments: see process.ts. */
import { openProducer } from 'bpf-ringbuf'
import { openMappedRing } from 'bpf-ringbuf/mapped'

const [where = '', records = '0', producer = '0'] = process.argv.slice(2)
const place = /^\d+$/.test(where) ? Number(where) : where.startsWith('{') ? JSON.parse(where) : where
const ring = openMappedRing(place)
const writer = openProducer(ring)
const payload = new Uint32Array(4)
for (let i = 0; i < Number(records); i++) {
  payload[0] = Number(producer)
  payload[1] = i
  const address = writer.reserveBlocking(16, 10_000)
  if (address === 0) throw new Error(writer.reason)
  writer.memory.u32.set(payload, address >>> 2)
  writer.submit(address)
}
writer.detach()
ring.detach()
