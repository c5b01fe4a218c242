/**
 * Gates at which a BPF program waits, for as long as it takes. A gate is a page that is not there yet: the program
 * reads from it (bpf_copy_from_user), and sleeps until userfaultfd(2) is told to put the page in.
 */
import { addressOf, syscall } from './libc.js'

const PAGE_BYTES = 4096
/** Each is passed once. Programs loop less often than this anyway (may_goto). */
const GATES = 65_536

const CALLS = { read: 0, poll: 7, mmap: 9, ioctl: 16, userfaultfd: 323 } as const
const PROT_READ_WRITE = 3
const MAP_PRIVATE_ANONYMOUS_NORESERVE = 0x4022
const O_CLOEXEC_NONBLOCK = 0o2004000
const UFFD_API = 0xaan
const UFFDIO_API = 0xc018aa3f
const UFFDIO_REGISTER = 0xc020aa00
const UFFDIO_ZEROPAGE = 0xc020aa04
const REGISTER_MISSING = 1n
const EVENT_PAGEFAULT = 0x12
const MESSAGE_BYTES = 32
const FAULT_ADDRESS = 16
const POLLIN = 1
/** A program that is on its way to a gate comes to it at once. */
const ARRIVAL_MS = 5000

export class Gates {
  readonly #start: bigint
  readonly #file: number
  readonly #message = new Uint8Array(MESSAGE_BYTES)
  readonly #item = new Uint8Array(8)
  #taken = 0

  constructor() {
    const bytes = GATES * PAGE_BYTES
    this.#start = BigInt(
      must('mmap', syscall(CALLS.mmap, 0, bytes, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS_NORESERVE, -1, 0)),
    )
    this.#file = must('userfaultfd', syscall(CALLS.userfaultfd, O_CLOEXEC_NONBLOCK))
    this.#control(UFFDIO_API, [UFFD_API, 0n, 0n])
    this.#control(UFFDIO_REGISTER, [this.#start, BigInt(bytes), REGISTER_MISSING, 0n])
    new DataView(this.#item.buffer).setInt32(0, this.#file, true)
    new DataView(this.#item.buffer).setInt16(4, POLLIN, true)
  }

  /** The address of a gate that nobody has passed. */
  next(): bigint {
    if (this.#taken === GATES) throw new Error('there are no gates left')
    return this.#start + BigInt(this.#taken++ * PAGE_BYTES)
  }

  /** Waits until a program stands at this gate. */
  mustArrive(gate: bigint): void {
    must('poll', syscall(CALLS.poll, addressOf(this.#item), 1, ARRIVAL_MS))
    must('read', syscall(CALLS.read, this.#file, addressOf(this.#message), MESSAGE_BYTES))
    const at = new DataView(this.#message.buffer).getBigUint64(FAULT_ADDRESS, true)
    if (this.#message[0] !== EVENT_PAGEFAULT || at !== gate) throw new Error(`the program stands at ${at}`)
  }

  open(gate: bigint): void {
    this.#control(UFFDIO_ZEROPAGE, [gate, BigInt(PAGE_BYTES), 0n, 0n])
  }

  #control(request: number, words: readonly bigint[]): void {
    const argument = new Uint8Array(BigUint64Array.from(words).buffer)
    must('ioctl', syscall(CALLS.ioctl, this.#file, request, addressOf(argument)))
  }
}

function must(call: string, answer: number): number {
  if (answer < 0) throw new Error(`${call} failed`)
  return answer
}
