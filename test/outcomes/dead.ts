/** A thread, or a process, that does its part of a race and dies, before the others begin. */
import { openProducer } from 'bpf-ringbuf'
import { dataOfPeer, tell } from '../mapped/support/peer.js'
import { joinRing } from '../ring/support/rings.js'
import { raceNamed } from './cases/index.js'
import { type Hand } from './race.js'
import { type RacerData } from './racer-data.js'

const { race, handle, engine } = await dataOfPeer<RacerData>()
const ring = joinRing(handle, { engine })
const producer = openProducer(ring)
raceNamed(race).dead?.({ ring, producer } as Hand)
tell(producer.id)
// Until it is terminated, or killed: whoever ends by itself gives back what it has. It does not block: a worker that
// Deno terminates blocks on, and lives.
setInterval(() => {}, 1000)
