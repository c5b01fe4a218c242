/** A producer in a thread of its own. */
import { dataOfPeer, tell } from '../mapped/support/peer.js'
import { type ProducerData, produce } from './produce.js'

tell(await produce(await dataOfPeer<ProducerData>()))
