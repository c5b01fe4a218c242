/** docs/memory-layout.md has the numbers of src/abi, all of them, and no others. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRing } from 'bpf-ringbuf'
import * as record from '#dist/abi/record.js'
import * as region from '#dist/abi/region.js'
import { readText } from './repository.js'

const text = readText('docs/memory-layout.md')

/** The rows of the table below a heading, cell by cell. */
function tableBelow(heading: string): string[][] {
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`))
  assert.ok(section, `no section '${heading}'`)
  const rows = section
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
  return rows.slice(2)
}

const positions: Record<string, number> = {
  'consumer position': region.CONSUMER_POSITION,
  'released position': region.RELEASED_POSITION,
  'clean position': region.CLEAN_POSITION,
  'producer position': region.PRODUCER_POSITION,
  'pending position': region.PENDING_POSITION,
  'consumer rounds': region.CONSUMER_ROUNDS,
  fence: region.FENCE_WORD,
  'overwrite position': region.OVERWRITE_POSITION,
  'overwrite rounds': region.OVERWRITE_ROUNDS,
  overwritten: region.OVERWRITTEN_COUNT,
  overwriting: region.OVERWRITING,
  'overwritten to be': region.OVERWRITTEN_TO_BE,
  'rounds to be': region.OVERWRITE_ROUNDS_TO_BE,
}

const head: Record<string, number> = {
  magic: region.HEAD_MAGIC,
  version: region.HEAD_VERSION,
  size: region.HEAD_SIZE,
  flags: region.HEAD_FLAGS,
  'data offset': region.HEAD_DATA_OFFSET,
  slots: region.HEAD_SLOTS,
  'name length': region.HEAD_NAME_LENGTH,
  name: region.HEAD_NAME,
  namespace: region.HOME_NAMESPACE,
  'sleep word': region.SLEEP_WORD,
  bell: region.BELL_PLACE,
  watermark: region.WATERMARK,
  credit: region.CREDIT,
  loss: region.LOSS_FLAG,
  'room waiters': region.ROOM_WAITERS,
  'room sequence': region.ROOM_SEQUENCE,
  lock: region.LOCK_WORD,
  consumer: region.CONSUMER_OWNER,
  'high-water mark': region.HIGH_WATER,
  consumed: region.CONSUMED_COUNT,
  skipped: region.SKIPPED_COUNT,
  lost: region.LOST_COUNT,
  sleeps: region.SLEEP_COUNT,
  spurious: region.SPURIOUS_COUNT,
  'drops told': region.DROPS_TOLD,
  'producer slots': region.SLOTS_OFFSET,
}

const slot: Record<string, number> = {
  owner: region.SLOT_OWNER,
  attempted: region.SLOT_ATTEMPTED,
  submitted: region.SLOT_SUBMITTED,
  discarded: region.SLOT_DISCARDED,
  dropped: region.SLOT_DROPPED,
  refused: region.SLOT_REFUSED,
  bytes: region.SLOT_BYTES_SUBMITTED,
  'wake-ups': region.SLOT_WAKEUPS,
}

const identity: Record<string, number> = {
  token: region.IDENTITY_TOKEN,
  process: region.IDENTITY_PROCESS,
  thread: region.IDENTITY_THREAD,
  namespace: region.IDENTITY_NAMESPACE,
  start: region.IDENTITY_START,
  image: region.IDENTITY_IMAGE,
}

const journal: Record<string, number> = {
  state: region.JOURNAL_STATE,
  attempted: region.JOURNAL_ATTEMPTED,
  counter: region.JOURNAL_COUNTER,
  bytes: region.JOURNAL_BYTES,
  abandoned: region.JOURNAL_ABANDONED,
}

test('positions', () => {
  const documented = tableBelow('Positions').map(([word, offset]) => [word, Number(offset)])
  assert.deepEqual(Object.fromEntries(documented), positions)
})

test('the head page', () => {
  const rows = tableBelow('The head page')
  assert.deepEqual(Object.fromEntries(rows.map(([offset, word]) => [word, Number(offset)])), head)
  const what = Object.fromEntries(rows.map(([, word = '', what = '']) => [word, what]))
  const said: [word: string, number: number | string][] = [
    ['magic', `0x${region.RING_MAGIC.toString(16)}`],
    ['version', region.LAYOUT_VERSION],
    ['flags', `bit ${Math.log2(region.RING_FLAG_LOCK)}`],
    ['data offset', region.DATA_OFFSET],
    ['slots', region.PRODUCER_SLOTS],
    ['name', `${region.NAME_MAX_BYTES} bytes`],
    ['sleep word', `${region.SLEEP_AWAKE} awake`],
    ['sleep word', `${region.SLEEP_ASLEEP} asleep`],
    ['sleep word', `${region.SLEEP_FORCED} woken by force`],
    ['lock', `bit ${Math.log2(region.LOCK_PARKED_BIT)}`],
    ['producer slots', `${region.PRODUCER_SLOTS} of ${region.SLOT_BYTES} bytes`],
  ]
  for (const [word, number] of said) assert.ok(what[word]?.includes(String(number)), `${word}: ${number}`)
  assert.equal(Buffer.from([0x42, 0x50, 0x46, 0x52]).readUInt32LE(), region.RING_MAGIC)
})

test('a producer slot', () => {
  const documented = tableBelow('A producer slot').map(([offset, word]) => [word, Number(offset)])
  assert.deepEqual(Object.fromEntries(documented), slot)
})

test('what a slot has more in recoverable rings', () => {
  const offsets = (heading: string) =>
    Object.fromEntries(tableBelow(heading).map(([offset, word]) => [word, Number(offset)]))
  assert.deepEqual(offsets('Identities'), identity)
  assert.deepEqual(offsets('Journals'), journal)
  for (const number of [region.SLOT_IDENTITY, region.SLOT_JOURNAL, region.RESCUE_SLOT]) {
    assert.ok(text.includes(String(number)), String(number))
  }
})

test('the pages, as they are drawn', () => {
  const drawn = [...text.matchAll(/\+ +\+(\d+) +([A-Z_]+)$/gm)].map(([, offset, name]) => [
    name,
    Number(offset),
  ])
  assert.deepEqual(Object.fromEntries(drawn), {
    CONSUMER_PAGE_OFFSET: region.CONSUMER_PAGE_OFFSET,
    PRODUCER_PAGE_OFFSET: region.PRODUCER_PAGE_OFFSET,
    DATA_OFFSET: region.DATA_OFFSET,
  })
  assert.ok(text.includes(`+${region.DATA_OFFSET} + size`))
  assert.ok(text.includes(`+${region.DATA_OFFSET} + 2 * size`))
  assert.ok(text.includes(`${region.PAGE_BYTES} bytes`))
})

test('a record', () => {
  const hex = (word: number) => `0x${(word >>> 0).toString(16)}`
  for (const word of [
    record.RECORD_BUSY_BIT,
    record.RECORD_DISCARD_BIT,
    record.FREE_BYTE,
    record.FREE_WORD,
  ]) {
    assert.ok(text.includes(`\`${hex(word)}\``), hex(word))
  }
  assert.ok(text.includes(`+${record.RECORD_PAGE_OFFSET_WORD} `))
  assert.ok(text.includes(`>> ${region.PAGE_SHIFT}`))
  assert.match(text, /`\(length \+ 15\) & ~7` bytes/)
  assert.ok(text.includes(`gives ${region.DATA_OFFSET / region.PAGE_BYTES}`))
  assert.ok(text.includes('`size - 8` bytes'))
})

test('a ring of 1 MiB takes what is said', () => {
  const megabyte = 2 ** 20
  assert.ok(text.includes((region.DATA_OFFSET + 2 * megabyte).toLocaleString('en')))
  assert.ok(text.includes(createRing({ size: megabyte }).memoryBytes.toLocaleString('en')))
})
