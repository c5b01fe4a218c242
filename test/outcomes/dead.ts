/** A thread, or a process, that does its part of a race and dies, before the others begin. */
import { openProducer } from 'bpf-ringbuf'
import { dataOfPeer, tell } from '../mapped/support/peer.js'
import { joinRing } from '../ring/support/rings.js'
import { raceNamed } from './cases/index.js'
import { type Hand } from './race.js'
import { type RacerData } from './racer-data.js'

const { race, handle, engine } = await dataOfPeer<RacerData>()
const ring = joinRing(handle, { engine })
raceNamed(race).dead?.({ ring, producer: openProducer(ring) } as Hand)
tell('done')
// Until it is terminated, or killed: a thread that ends by itself gives back what it has.
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
