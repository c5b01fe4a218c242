/**
 * Gates at which a BPF program waits, for as long as it takes. A gate is a page that is not there yet: the program
 * reads from it (bpf_copy_from_user), and sleeps until userfaultfd(2) is told to put the page in.
 */
import { addressOf, syscall } from './libc.js'

const PAGE_BYTES = 4096
/** More than can be needed at once: each record that is held stands at one. */
const GATES = 1024

const CALLS = { read: 0, poll: 7, mmap: 9, ioctl: 16, madvise: 28, userfaultfd: 323 } as const
const PROT_READ_WRITE = 3
const MAP_PRIVATE_ANONYMOUS_NORESERVE = 0x4022
const MADV_DONTNEED = 4
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
  readonly #file: number
  readonly #message = new Uint8Array(MESSAGE_BYTES)
  readonly #item = new Uint8Array(8)
  readonly #free: bigint[]

  constructor() {
    const bytes = GATES * PAGE_BYTES
    const start = BigInt(
      must('mmap', syscall(CALLS.mmap, 0, bytes, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS_NORESERVE, -1, 0)),
    )
    this.#free = Array.from({ length: GATES }, (_, i) => start + BigInt(i * PAGE_BYTES))
    this.#file = must('userfaultfd', syscall(CALLS.userfaultfd, O_CLOEXEC_NONBLOCK))
    this.#control(UFFDIO_API, [UFFD_API, 0n, 0n])
    this.#control(UFFDIO_REGISTER, [start, BigInt(bytes), REGISTER_MISSING, 0n])
    new DataView(this.#item.buffer).setInt32(0, this.#file, true)
    new DataView(this.#item.buffer).setInt16(4, POLLIN, true)
  }

  /** The address of a gate that is closed. */
  next(): bigint {
    const gate = this.#free.pop()
    if (gate === undefined) throw new Error('there are no gates left')
    return gate
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

  /** Closes it again. Whoever stood there must have passed. */
  release(gate: bigint): void {
    must('madvise', syscall(CALLS.madvise, gate, PAGE_BYTES, MADV_DONTNEED))
    this.#free.push(gate)
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
