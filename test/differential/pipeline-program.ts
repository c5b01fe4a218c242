/**
 * The kernel's side of the differential test: one program, which does with a ring what its packet says.
 *
 * It reserves three records, by dynptr, whose sizes need not be known to the verifier; asks for all that
 * can be asked; outputs one record; and submits or discards the three in any order. A size that no ring has
 * makes a reservation that certainly fails, so fewer can be asked for.
 */
import { ProgramBuilder, r0, r1, r2, r3, r4, r5, r6, r7, r10, u32, u64 } from 'bpf-ringbuf/bytecode'
import { createMap, createRingMap, type KernelMap, type KernelProgram, loadProgram } from 'bpf-ringbuf/kernel'

export const RECORDS = 3
/** The orders in which three records can be committed. */
export const ORDERS = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
] as const
/** What is asked, before and after. The last is none. */
export const QUERIES = [0, 1, 2, 3, 9] as const
/** Asked for where nothing is to be reserved: more than a dynptr holds. */
export const NOTHING = 0x0200_0000

/** One run. */
export interface Run {
  /** Bytes; NOTHING: none. */
  readonly sizes: readonly number[]
  readonly reserveFlags: readonly number[]
  /** Written to the beginning of each record that is long enough. */
  readonly values: readonly bigint[]
  /** Index into ORDERS. */
  readonly order: number
  readonly discards: readonly boolean[]
  readonly commitFlags: readonly number[]
  /** Undefined: nothing is output. */
  readonly output: { readonly length: number; readonly flags: number } | undefined
}

/** What the program was answered. */
export interface Answers {
  readonly reserved: readonly number[]
  readonly output: number
  readonly before: readonly bigint[]
  readonly after: readonly bigint[]
}

/**
 * The packet.
 *
 *     +0  order u32  | +4 discards, a bit each u32 | +8 output: 1 or 0 u32 | +12 its length u32 | +16 its flags u32
 *    +20  zero
 *    +24  of each record: size u32, reserve flags u32, commit flags u32, zero, value u64    24 bytes each
 *    +96  answers: of each reservation i64, of the output i64
 *   +128  queries before, then after: i64 each
 */
const RECORD_AT = 24
const RECORD_STRIDE = 24
const ANSWERS_AT = 96
const QUERIES_AT = 128
const PACKET_BYTES = QUERIES_AT + QUERIES.length * 16
/** The longest output: a power of two, less one, so that the verifier sees a bound. */
export const OUTPUT_MOST = 4095

export class PipelineProgram {
  readonly ring: KernelMap
  readonly #source: KernelMap
  readonly #program: KernelProgram
  readonly #packet = new Uint8Array(PACKET_BYTES)

  /** @param text what is output: its beginning */
  constructor(sizeBytes: number, text: Uint8Array) {
    this.ring = createRingMap({ size: sizeBytes, name: 'judge' })
    this.#source = createMap({ type: 'array', maxEntries: 1, valueSize: OUTPUT_MOST + 1, name: 'text' })
    this.#source.update(new Uint8Array(4), text)
    const maps = { ring: this.ring, text: this.#source }
    this.#program = loadProgram({ type: 'xdp', program: build(), maps, license: 'GPL' })
  }

  run({ sizes, reserveFlags, values, order, discards, commitFlags, output }: Run): Answers {
    const data = new DataView(this.#packet.fill(0).buffer)
    const bits = discards.reduce((all, discard, i) => all | (discard ? 1 << i : 0), 0)
    const head = [order, bits, output ? 1 : 0, output?.length ?? 0, output?.flags ?? 0]
    for (const [i, word] of head.entries()) data.setUint32(4 * i, word, true)
    for (let i = 0; i < RECORDS; i++) {
      const at = RECORD_AT + i * RECORD_STRIDE
      data.setUint32(at, sizes[i] as number, true)
      data.setUint32(at + 4, reserveFlags[i] as number, true)
      data.setUint32(at + 8, commitFlags[i] as number, true)
      data.setBigUint64(at + 16, values[i] as bigint, true)
    }
    const { returned, data: out } = this.#program.testRun({ data: this.#packet })
    if (returned !== 2) throw new Error(`the program ended with ${returned}`)
    const answers = new DataView(out.buffer, out.byteOffset)
    const queries = (from: number) => QUERIES.map((_, i) => answers.getBigUint64(from + i * 8, true))
    return {
      reserved: sizes.map((_, i) => Number(answers.getBigInt64(ANSWERS_AT + 8 * i, true))),
      output: Number(answers.getBigInt64(ANSWERS_AT + 8 * RECORDS, true)),
      before: queries(QUERIES_AT),
      after: queries(QUERIES_AT + QUERIES.length * 8),
    }
  }

  [Symbol.dispose](): void {
    this.#program.close()
    this.#source.close()
    this.ring.close()
  }
}

/** Where the dynptr of record i lies on the stack: 16 bytes. */
const dynptrAt = (i: number) => -16 * (i + 1)
const VALUE_AT = -16 * RECORDS - 8
const KEY_AT = VALUE_AT - 8

/** r6: the packet. */
function build() {
  const builder = new ProgramBuilder()
    .load(r6, u32(r1))
    .load(r2, u32(r1, 4))
    .mov(r3, r6)
    .add(r3, PACKET_BYTES)
    .gotoIf(r3, '>', r2, 'short')
  for (let i = 0; i < RECORDS; i++) reserveOne(builder, i)
  for (const [i, flag] of QUERIES.entries()) ask(builder, flag, QUERIES_AT + 8 * i)
  outputOne(builder)
  builder.load(r7, u32(r6))
  for (const [o, order] of ORDERS.entries()) {
    if (o < ORDERS.length - 1) builder.gotoIf(r7, '!=', o, `not ${o}`)
    for (const i of order) commitOne(builder, i, `${o} ${i}`)
    builder.goto('ask').label(`not ${o}`)
  }
  builder.label('ask')
  for (const [i, flag] of QUERIES.entries()) ask(builder, flag, QUERIES_AT + 8 * (QUERIES.length + i))
  return builder.mov(r0, 2).exit().label('short').mov(r0, 1).exit().build()
}

function reserveOne(builder: ProgramBuilder, i: number): void {
  const at = RECORD_AT + i * RECORD_STRIDE
  builder
    .map(r1, 'ring')
    .load(r2, u32(r6, at))
    .load(r3, u32(r6, at + 4))
    .mov(r4, r10)
    .add(r4, dynptrAt(i))
    .call('bpf_ringbuf_reserve_dynptr')
    .store(u64(r6, ANSWERS_AT + 8 * i), r0)
    // What does not fit is not written.
    .load(r1, u64(r6, at + 16))
    .store(u64(r10, VALUE_AT), r1)
    .mov(r1, r10)
    .add(r1, dynptrAt(i))
    .mov(r2, 0)
    .mov(r3, r10)
    .add(r3, VALUE_AT)
    .mov(r4, 8)
    .mov(r5, 0)
    .call('bpf_dynptr_write')
}

function ask(builder: ProgramBuilder, flag: number, answerAt: number): void {
  builder.map(r1, 'ring').mov(r2, flag).call('bpf_ringbuf_query').store(u64(r6, answerAt), r0)
}

function outputOne(builder: ProgramBuilder): void {
  builder
    .load(r1, u32(r6, 8))
    .gotoIf(r1, '==', 0, 'no output')
    .mov(r1, 0)
    .store(u64(r10, KEY_AT), r1)
    .map(r1, 'text')
    .mov(r2, r10)
    .add(r2, KEY_AT)
    .call('bpf_map_lookup_elem')
    .gotoIf(r0, '==', 0, 'no output')
    .mov(r2, r0)
    .load(r3, u32(r6, 12))
    .and(r3, OUTPUT_MOST)
    .load(r4, u32(r6, 16))
    .map(r1, 'ring')
    .call('bpf_ringbuf_output')
    .store(u64(r6, ANSWERS_AT + 8 * RECORDS), r0)
    .label('no output')
}

function commitOne(builder: ProgramBuilder, i: number, name: string): void {
  builder
    .load(r2, u32(r6, RECORD_AT + i * RECORD_STRIDE + 8))
    .load(r3, u32(r6, 4))
    .and(r3, 1 << i)
    .mov(r1, r10)
    .add(r1, dynptrAt(i))
    .gotoIf(r3, '!=', 0, `discard ${name}`)
    .call('bpf_ringbuf_submit_dynptr')
    .goto(`done ${name}`)
    .label(`discard ${name}`)
    .call('bpf_ringbuf_discard_dynptr')
    .label(`done ${name}`)
}
