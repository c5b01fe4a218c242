/** System calls that only this plug-in needs, and one that another thread makes. */
import koffi from 'koffi'

const WORDS = 7
type Words = readonly (number | bigint)[]

const native = koffi.load(null).func('syscall', 'int64', Array(WORDS).fill('int64'))

/** Answers what syscall(2) answers: -1 when it failed. */
export function syscall(...words: Words): number {
  return Number(native(...padded(words)))
}

/** The same on a thread of its own, which may sleep. */
export function syscallElsewhere(done: () => void, ...words: Words): void {
  native.async(...padded(words), done)
}

/** Keep the bytes reachable for as long as the kernel may use the address. */
export function addressOf(bytes: Uint8Array): bigint {
  return BigInt(koffi.address(bytes))
}

function padded(words: Words): Words {
  return [...words, ...Array(WORDS - words.length).fill(0)]
}
