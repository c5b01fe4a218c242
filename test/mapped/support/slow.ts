/**
 * Another process, which sends records without looking at their payloads, and says its producer's number on a line; after
 * it was declared gone, that of a new one.
 */
import { openProducer } from 'bpf-ringbuf'
import { openMappedRing } from 'bpf-ringbuf/mapped'

const ring = openMappedRing(3)
for (;;) {
  const producer = openProducer(ring)
  console.log(producer.id)
  for (;;) {
    const address = producer.reserve(8)
    if (address !== 0) producer.submit(address)
    else if (producer.reason === 'gone') break
  }
}
