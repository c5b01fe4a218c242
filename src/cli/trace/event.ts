import { printable } from '../text.js'

/**
 * What the programs put into the ring for each event.
 *
 *    +0  kind u32 | +4 cpu u32 | +8 nanoseconds since the machine began u64
 *   +16  process u32 | +20 other u32: the new process of a fork, the code of an exit
 *   +24  command, 16 bytes with zeros behind
 *   +40  file that an exec runs, with a zero behind
 */
export const EVENT_BYTES = 168
export const KIND_AT = 0
export const CPU_AT = 4
export const TIME_AT = 8
export const PID_AT = 16
export const OTHER_AT = 20
export const COMMAND_AT = 24
export const COMMAND_BYTES = 16
export const FILE_AT = 40
export const FILE_BYTES = EVENT_BYTES - FILE_AT

export const KINDS = ['fork', 'exec', 'exit'] as const
export type Kind = (typeof KINDS)[number]

/** An event of the machine. */
export interface ProcessEvent {
  readonly event: Kind
  /** Seconds since the machine began. */
  readonly time: number
  readonly cpu: number
  readonly pid: number
  /** The command of the process that it happened in; after an exec, the new one. */
  readonly command: string
  /** Of a fork: the new process. */
  readonly child?: number
  /** Of an exec: the file. */
  readonly file?: string
  /** Of an exit: the status, or what has ended it. */
  readonly status?: number
  readonly signal?: number
}

/** A record, read. Undefined: it is none of ours. */
export function readEvent(record: Uint8Array): ProcessEvent | undefined {
  const data = new DataView(record.buffer, record.byteOffset, record.byteLength)
  if (record.length !== EVENT_BYTES) return undefined
  const event = KINDS[data.getUint32(KIND_AT, true)]
  if (event === undefined) return undefined
  const other = data.getUint32(OTHER_AT, true)
  return {
    event,
    time: Number(data.getBigUint64(TIME_AT, true)) / 1e9,
    cpu: data.getUint32(CPU_AT, true),
    pid: data.getUint32(PID_AT, true),
    command: text(record.subarray(COMMAND_AT, COMMAND_AT + COMMAND_BYTES)),
    ...(event === 'fork' && { child: other }),
    ...(event === 'exec' && { file: text(record.subarray(FILE_AT)) }),
    // As wait(2) tells it: the signal in the low bits, the status above them.
    ...(event === 'exit' && { status: (other >>> 8) & 0xff, signal: other & 0x7f }),
  }
}

/** Text up to the zero: bytes of other encodings become marks. */
function text(bytes: Uint8Array): string {
  const end = bytes.indexOf(0)
  return new TextDecoder().decode(bytes.subarray(0, end < 0 ? bytes.length : end))
}

/** What it was, in words. */
export function describe({ event, child, file, status, signal }: ProcessEvent): string {
  if (event === 'fork') return `-> ${child}`
  if (event === 'exec') return printable(file ?? '')
  return signal ? `signal ${signal}` : `status ${status}`
}
