import type { Order, RingPlan } from '../actors/stage.js'
import { closing } from './closing.js'
import { flushing, flushingAndClosing, flushingWhatIsOverwritten, flushingWhatIsThere } from './flushing.js'
import { gathering, gatheringAndWaiting, gatheringCommits } from './gathering.js'
import { losing } from './losing.js'
import { overwriting } from './overwriting.js'
import type { Scenario } from './scenario.js'
import { discarded, forced, plain, quiet, sending, sleepsAtQuietOnly } from './sending.js'
import { committingForeign, committingTwice, meddling, sendingTogether, takingOver } from './special.js'
import { together } from './together.js'

/** Has room for one record. */
const TIGHT = 32

/** What the tests explore. */
export const SCENARIOS: readonly Scenario[] = [
  ...inOrder('claim'),
  ...inOrder('lock'),
  ...unclean(),
  ...claimed(),
  ...inAnyOrder({ order: 'claim' }),
  overwriting('two records, room for one', plain(2)),
  overwriting('three records, one discarded', [{}, discarded, {}]),
  overwriting('four records, room for one', plain(4)),
  flushingWhatIsOverwritten('flushing what is overwritten', 3),
]

function inOrder(order: Order): Scenario[] {
  const ring = { order }
  const tight = { order, size: TIGHT }
  return [
    sending('two records', ring, [plain(2)]),
    sending('two producers', ring, [plain(1), plain(1)]),
    sending('a quiet record, then one that wakes', ring, [[quiet, {}]], {}, sleepsAtQuietOnly([quiet, {}])),
    sending('a record that wakes, then a quiet one', ring, [[{}, quiet]], {}, sleepsAtQuietOnly([{}, quiet])),
    sending('a quiet record, then a forced wake-up', ring, [[quiet, forced]]),
    sending('a forced wake-up behind what may be busy', ring, [plain(1), [forced]]),
    sending('a discarded record, then another', ring, [[discarded, {}]]),
    sending('a consumer whose time is over once', ring, [plain(2)], { impatience: 1 }),
    sending('waiting for room', tight, [plain(3)]),
    sending('two that wait for room', tight, [plain(1), plain(1)]),
    sending('a ring that goes round', ring, [plain(7)]),
    sendingTogether('a batch', ring, 'batch'),
    sendingTogether('many at once', ring, 'many'),
    gathering('waiting for two records of one producer', ring, [plain(2)], { records: 2 }),
    gatheringCommits('waiting for two records, of two producers', ring, { records: 2 }),
    gatheringCommits('waiting for one record, the first busy', ring, { records: 1 }),
    gatheringCommits('waiting for one record, and for another', ring, { records: 1, gathers: 'again' }),
    gathering('waiting for bytes', ring, [plain(2)], { bytes: 32 }),
    gathering('waiting for more than fits', tight, [plain(2)], { records: 2 }),
    gatheringAndWaiting('waiting for more, and for room', tight, { records: 2 }),
    gatheringAndWaiting('looking for more, while another waits for room', tight, {
      records: 2,
      gathers: 'awake',
    }),
    closing('closing while the consumer sleeps', ring, [plain(1)]),
    closing('closing while a producer waits for room', tight, [plain(2)]),
    closing('closing, with nobody who consumes', tight, [plain(2)], 'nobody consumes'),
    flushing('flushing while a producer sends', ring, plain(2)),
    flushing('flushing quiet records', ring, [quiet, quiet]),
    flushingWhatIsThere('flushing what is there', ring, plain(2)),
    flushingAndClosing('flushing and closing', ring, plain(2)),
    losing('dropped records', tight),
    meddling('a consumer position that was moved by hand', tight),
    committingTwice('one record, committed twice', ring),
    takingOver('a consumer that dies', ring, plain(2)),
    takingOver('a consumer that dies, while a producer tries again', tight, plain(3), 'try again'),
    takingOver('a consumer that dies, while a producer waits for room', tight, plain(2)),
  ]
}

/** What only claims have: headers that are not written yet, and memory that somebody makes read as busy. */
function claimed(): Scenario[] {
  const ring = { order: 'claim' } as const
  return [
    gathering('waiting for two records, of two producers that reserve', ring, [plain(1), plain(1)], {
      records: 2,
    }),
    committingForeign('what nobody has reserved, committed', { ...ring, unclean: 'at first' }),
  ]
}

/** Claims where memory holds old records: see LONG_RECORD_BYTES. */
function unclean(): Scenario[] {
  return (['at first', 'later', 'always'] as const).flatMap((unclean) => {
    const ring = { order: 'claim', unclean } as const
    const tight = { ...ring, size: TIGHT }
    const named = (what: string) => `${what}, memory unclean ${unclean}`
    return [
      sending(named('two records'), ring, [plain(2)]),
      sending(named('two producers'), ring, [plain(1), plain(1)]),
      sending(named('waiting for room'), tight, [plain(3)]),
      sending(named('two that wait for room'), tight, [plain(1), plain(1)]),
      sending(named('two that wait for room, twice'), tight, [plain(2), plain(2)]),
      sending(named('a ring that goes round'), ring, [plain(7)]),
      sendingTogether(named('a batch'), ring, 'batch'),
      gatheringCommits(named('waiting for two records, of two producers'), ring, { records: 2 }),
      closing(named('closing while the consumer sleeps'), ring, [plain(1)]),
      closing(named('closing while two producers send'), ring, [plain(1), plain(1)]),
      takingOver(named('a consumer that dies'), ring, plain(2)),
      takingOver(named('a consumer that dies, while a producer tries again'), tight, plain(3), 'try again'),
    ]
  })
}

/** The order of reservations makes no difference to these, but there are many states. */
function inAnyOrder(ring: RingPlan): Scenario[] {
  return [
    together('two rings, one bell, edges', ring, [1, 2], 'edge'),
    together('two rings, one bell, levels', ring, [1, 1], 'level'),
  ]
}
