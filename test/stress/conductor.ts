/** Runs a scenario in a thread of its own: the consumer is here, too. */
import { dataOfPeer, tell } from '../mapped/support/peer.js'
import { runScenario, type Scenario } from './scenario.js'

tell(await runScenario(await dataOfPeer<Scenario>(), () => {}))
