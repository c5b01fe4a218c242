/** Another process: does what it is told, one after the other, and answers. */
import { type Deed, OwnHands } from './hands.js'

const hands = new OwnHands()
process.on('message', async (deed: Deed) => {
  process.send?.(await hands.perform(deed).catch((error: unknown) => error))
})
