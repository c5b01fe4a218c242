/** A thread, or a process, that plays one actor of a race. */
import { dataOfPeer, tell } from '../mapped/support/peer.js'
import { play } from './play.js'
import type { RacerData } from './racer-data.js'

tell(await play(await dataOfPeer<RacerData>()))
