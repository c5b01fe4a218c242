import { formatBytes } from '../memory/size.js'
import type { Age } from './age.js'
import type { RingInspection } from './inspect.js'
import type { InspectedRecord } from './inspect-records.js'

/** An inspection for people: what the ring is, where it stands, and its records with a hexadecimal dump. */
export function inspectionText(ring: RingInspection): string {
  const { positions, counters } = ring
  const mode = ring.overwrites ? 'overwrites' : `reservations by ${ring.reservations}`
  const stands = Object.entries(positions).filter(([, position]) => position !== undefined)
  const lines = [
    `ring ${JSON.stringify(ring.name)}  ${formatBytes(ring.size)}, ${mode}${ring.closed ? ', closed' : ''}`,
    `  positions  ${stands.map(([name, position]) => `${name} ${position}`).join(', ')}`,
    `  in use     ${ring.availableBytes} of ${ring.size} bytes, at most ${counters.highWaterBytes}`,
    `  consumer   ${ring.consumer}`,
    `  attempted  ${counters.attempted} = ${sum(counters)}`,
    `  consumed   ${counters.consumed}, skipped ${counters.skipped}, lost ${counters.lost}`,
    `  wake-ups   ${counters.wakeups} sent, ${counters.elided} elided, ${counters.spurious} spurious`,
    `  records    ${ring.records.length}${ring.truncated ? ', and more' : ''}`,
  ]
  for (const record of ring.records) lines.push(headline(record), ...dump(record))
  return lines.join('\n')
}

function sum(counters: RingInspection['counters']): string {
  const { submitted, discarded, inFlight, dropped, refused } = counters
  const parts = { submitted, discarded, 'in flight': inFlight, dropped, refused }
  return Object.entries(parts)
    .map(([name, count]) => `${count} ${name}`)
    .join(' + ')
}

function headline({ position, offset, state, length, owner, age }: InspectedRecord): string {
  const size = length === undefined ? '?' : `${length}`
  const of = owner === undefined ? '' : ` of producer ${owner}`
  return `  ${position} (offset ${offset})  ${state}, ${size} bytes${of}, ${ageText(age)}`
}

function ageText({ atLeastMs, atMostMs }: Age): string {
  const least = atLeastMs.toFixed(1)
  return atMostMs === undefined ? `${least} ms old or more` : `${least} to ${atMostMs.toFixed(1)} ms old`
}

const LINE_BYTES = 16

/** As hexdump -C: offset, sixteen bytes, and what of them is printable. */
function dump({ payload, length = 0 }: InspectedRecord): string[] {
  const lines: string[] = []
  for (let at = 0; at < payload.length; at += LINE_BYTES) {
    const bytes = [...payload.subarray(at, at + LINE_BYTES)]
    const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
    const text = bytes.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.')).join('')
    lines.push(`    ${at.toString(16).padStart(4, '0')}  ${hex.padEnd(LINE_BYTES * 3 - 1)}  ${text}`)
  }
  if (payload.length < length) lines.push(`    ... ${length - payload.length} bytes more`)
  return lines
}
