import { attachRing, openProducer } from '/dist/index.js'

addEventListener('message', ({ data: { handle, records } }) => {
  const ring = attachRing(handle)
  const producer = openProducer(ring)
  for (let i = 0; i < records; ) {
    if (producer.outputText(`Grüße ${i}`) === 0) i++
    else producer.waitForRoom(32)
  }
  ring.close()
})
