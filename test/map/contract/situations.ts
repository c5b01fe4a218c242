/** Every operation of a map, in every situation: asked of each type, the answer is one word. */
import { RingbufError } from 'bpf-ringbuf'
import type { Batch, BpfMap, Key, SpecType, UpdateMode, Value } from 'bpf-ringbuf/map'
import { made, type Subject, u32 } from './subject.js'

/** A map of four entries, two of which (0 and 1) are taken as far as that can be; a ring of a page. */
class Case implements Disposable {
  readonly map: BpfMap
  readonly keyless: boolean
  readonly #subject: Subject
  /** What is put into maps of maps. */
  readonly #inner: BpfMap

  constructor(subject: Subject, type: SpecType) {
    const isRing = type.endsWith('ringbuf')
    const holdsMaps = type.endsWith('_of_maps')
    const holdsDescriptors = holdsMaps || type === 'perf_event_array'
    const inner = { type: 'array', maxEntries: 1 } as const
    this.#subject = subject
    this.#inner = made(subject, inner)
    this.map = made(subject, {
      type,
      maxEntries: isRing ? 4096 : 4,
      ...(!isRing && !holdsDescriptors && { valueSize: 8 }),
      ...(holdsMaps && { inner }),
    })
    this.keyless = this.map.info.keySize === 0
    if (!isRing && type !== 'perf_event_array') this.#put(0, 1)
  }

  #put(...numbers: readonly number[]): void {
    if (this.keyless) for (const _ of numbers) this.map.update(null, this.value())
    // With one call: the kernel waits for all programs each time that a map is put into another.
    else updateBatch(this, numbers, 'any')
  }

  /** As much as there is room for. */
  fill(): void {
    if (this.map.info.type !== 'perf_event_array' && !this.map.info.type.endsWith('ringbuf')) this.#put(2, 3)
  }

  /** No number of it is the descriptor of anything. */
  value(): Value {
    const { type, valueSize } = this.map.info
    if (type.endsWith('_of_maps')) return this.#inner
    return new Uint8Array(valueSize * (type.startsWith('percpu') ? this.#subject.processors : 1)).fill(7)
  }

  key(which: keyof typeof KEYS): Key {
    const number = KEYS[which]
    if (number === 'null') return null
    if (number === 'short') return new Uint8Array(3)
    return this.keyless ? null : u32(number)
  }

  keys(...numbers: readonly number[]): Uint8Array[] {
    return this.keyless ? [] : numbers.map((number) => u32(number))
  }

  [Symbol.dispose](): void {
    this.map.close()
    this.#inner.close()
  }
}

/** Of a map without keys, all but `short` are null. */
const KEYS = {
  null: 'null',
  short: 'short',
  /** There is a value. */
  taken: 0,
  /** There is none, but an array has room for it. */
  free: 2,
  /** None that an array has room for. */
  beyond: 9,
} as const
const WHICH = Object.keys(KEYS) as (keyof typeof KEYS)[]
const MODES: readonly UpdateMode[] = ['any', 'noexist', 'exist']

type Ask = (of: Case) => unknown

function byKey(name: string, ask: (map: BpfMap, key: Key) => unknown, keys = WHICH): [string, Ask][] {
  return keys.map((which) => [`${name} ${which}`, (of) => ask(of.map, of.key(which))])
}

function frozen(name: string, ask: Ask): [string, Ask] {
  return [
    `frozen: ${name}`,
    (of) => {
      of.map.freeze()
      return ask(of)
    },
  ]
}

const ASKED: readonly [string, Ask][] = [
  ...byKey('lookup', (map, key) => map.lookup(key)),
  ...byKey('lookupAndDelete', (map, key) => map.lookupAndDelete(key)),
  ...byKey('delete', (map, key) => map.delete(key)),
  // What comes behind a key of a hash nobody knows.
  ...byKey('nextKey', (map, key) => map.nextKey(key), ['null', 'short', 'free', 'beyond']),
  ...MODES.flatMap((mode) => [
    ...WHICH.map((which): [string, Ask] => [
      `update ${mode} ${which}`,
      (of) => of.map.update(of.key(which), of.value(), mode),
    ]),
    [
      `update ${mode} full`,
      (of) => {
        of.fill()
        return of.map.update(of.key('beyond'), of.value(), mode)
      },
    ] satisfies [string, Ask],
  ]),
  ['update short value', (of) => of.map.update(of.key('taken'), new Uint8Array(1))],
  ['lookupBatch', (of) => of.map.lookupBatch(10)],
  ['lookupAndDeleteBatch', (of) => of.map.lookupAndDeleteBatch(10)],
  ...MODES.flatMap((mode): [string, Ask][] => [
    [`updateBatch ${mode} taken`, (of) => updateBatch(of, [0, 1], mode)],
    [`updateBatch ${mode} free`, (of) => updateBatch(of, [2, 3], mode)],
    [`updateBatch ${mode} taken, beyond`, (of) => updateBatch(of, [0, 9], mode)],
  ]),
  ['updateBatch none', (of) => updateBatch(of, [], 'any')],
  ['deleteBatch taken', (of) => of.map.deleteBatch(of.keys(0, 1))],
  ['deleteBatch taken, beyond', (of) => of.map.deleteBatch(of.keys(0, 9, 1))],
  ['deleteBatch none', (of) => of.map.deleteBatch([])],
  ['freeze', (of) => of.map.freeze()],
  frozen('freeze', (of) => of.map.freeze()),
  frozen('lookup taken', (of) => of.map.lookup(of.key('taken'))),
  frozen('nextKey null', (of) => of.map.nextKey(null)),
  frozen('lookupBatch', (of) => of.map.lookupBatch(10)),
  frozen('update any taken', (of) => of.map.update(of.key('taken'), of.value())),
  frozen('update any short', (of) => of.map.update(of.key('short'), of.value())),
  frozen('delete taken', (of) => of.map.delete(of.key('taken'))),
  frozen('lookupAndDelete taken', (of) => of.map.lookupAndDelete(of.key('taken'))),
  frozen('lookupAndDeleteBatch', (of) => of.map.lookupAndDeleteBatch(10)),
  frozen('updateBatch any taken', (of) => updateBatch(of, [0, 1], 'any')),
  frozen('deleteBatch taken', (of) => of.map.deleteBatch(of.keys(0, 1))),
]

export const SITUATIONS: ReadonlyMap<string, Ask> = new Map(ASKED)

function updateBatch(of: Case, numbers: readonly number[], mode: UpdateMode): number {
  const keys = of.keys(...numbers)
  return of.map.updateBatch(
    keys,
    keys.map(() => of.value()),
    mode,
  )
}

/** The answer in a word: see answers.ts. */
export function answerIn(subject: Subject, type: SpecType, situation: string): string {
  using of = new Case(subject, type)
  const ask = SITUATIONS.get(situation)
  if (!ask) throw new Error(`there is no situation '${situation}'`)
  try {
    return wordOf(situation, ask(of))
  } catch (error) {
    if (!(error instanceof RingbufError)) throw error
    if (error.code === 'ERR_INVALID_ARGUMENT') return 'argument'
    if (error.code !== 'ERR_MAP_OPERATION') throw error
    const { errno, done } = error.detail
    return done ? `${errno}/${done}` : String(errno)
  }
}

function wordOf(situation: string, answer: unknown): string {
  if (situation.endsWith('freeze')) return 'done'
  if (typeof answer === 'boolean') return answer ? 'yes' : 'no'
  if (typeof answer === 'number') return String(answer)
  if (answer === undefined) return 'none'
  if (answer instanceof Uint8Array) return 'bytes'
  const { keys, values } = answer as Batch
  if (keys.length !== values.length) throw new Error(`${keys.length} keys, ${values.length} values`)
  return String(keys.length)
}
