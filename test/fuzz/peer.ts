/** Another thread, or process, in the same memory: it damages that, or uses it like everybody. */
import { setTimeout } from 'node:timers/promises'
import { openProducer } from 'bpf-ringbuf'
import { LOCK_WORD } from '#dist/abi/region.js'
import { dataOfPeer } from '../mapped/support/peer.js'
import { attack } from '../ring/support/attacker.js'
import { drawDamage } from '../ring/support/damage.js'
import { Random } from '../ring/support/random.js'
import { addressOf, joinRing } from '../ring/support/rings.js'
import { Board } from './board.js'
import { drawWriting, type Stage } from './deeds/index.js'
import { type PeerData, ROLES } from './roles.js'
import { mustBeDocumented } from './verdict.js'

const data = await dataOfPeer<PeerData>()
const board = Board.open(data.board)
const ring = joinRing(data.handle, { engine: data.engine })
const { memory } = openProducer(ring)
board.join()
// Nothing is damaged before all are there.
while (board.joined < ROLES.length) await setTimeout(1)
if (data.role === 'attacker') beHostile()
else await produce()
process.exit(0)

function beHostile(): void {
  const { size, seed } = data
  attack({ buffer: memory.u8.buffer, address: addressOf(ring), size, control: board.control, seed })
}

async function produce(): Promise<void> {
  const random = new Random(data.seed + 1)
  const { u32 } = memory
  const index = (at: number) => (addressOf(ring) + at) >>> 2
  const target = { size: data.size, word: (at: number) => Atomics.load(u32, index(at)) }
  const damage = () => {
    const { at, value } = drawDamage(target, random)
    // A lock that nobody gives back is a dead holder: another test.
    if (at !== LOCK_WORD) Atomics.store(u32, index(at), value)
  }
  while (!board.stopped) {
    try {
      const stage: Stage = {
        ring,
        producer: openProducer(ring),
        consumer: undefined,
        held: [],
        random,
        damage,
      }
      const deed = drawWriting(random)
      board.beginElsewhere(deed.number)
      await deed.act(stage)
    } catch (error) {
      mustBeDocumented(error)
    }
  }
}
