/**
 * Entry of the process that away.ts starts. Descriptor 3 is the ring. Prints a line when it is ready, reads its order,
 * sends until the ring is closed, prints {"sent": ...}.
 */
import { once } from 'node:events'
import { openProducer } from '../../../dist/index.js'
import { openMappedRing } from '../../../dist/ring/mapped-ring.js'
import { duesInto, stampsInto } from '../contestants/latency/rings.js'
import { PRODUCER_CPU, pinThisThread } from '../pin.js'
import { sendEvenly, sendLonely } from './send.js'

const producer = openProducer(openMappedRing(3))
const isOver = () => producer.ring.closed
console.log(JSON.stringify({ pinned: pinThisThread(PRODUCER_CPU) }))
const [order] = await once(process.stdin, 'data')
const [how, ...numbers] = String(order).trim().split(' ')
const [first = 0, second = 0] = numbers.map(Number)
const sent =
  how === 'evenly'
    ? sendEvenly(duesInto(producer), first, second, isOver)
    : sendLonely(stampsInto([producer]), first, isOver)
console.log(JSON.stringify({ sent }))
