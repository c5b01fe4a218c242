import { createHash } from 'node:crypto'

const WORDS = 8

/**
 * One digest for a set of digests, in whatever order they come: their sum modulo 2^256, hashed together
 * with their number. It takes 32 bytes, however many there are.
 */
export class DigestSum {
  /** Little-endian words of a 256-bit number. */
  readonly #sum = new Uint32Array(WORDS)
  #count = 0

  /** @param digest 32 bytes of private memory. */
  add(digest: Buffer): void {
    let carry = 0
    for (let word = 0; word < WORDS; word++) {
      const total = (this.#sum[word] as number) + digest.readUInt32LE(word * 4) + carry
      this.#sum[word] = total
      carry = total > 0xffff_ffff ? 1 : 0
    }
    this.#count++
  }

  /** 64 hexadecimal digits. */
  toString(): string {
    const bytes = Buffer.alloc(WORDS * 4 + 8)
    for (let word = 0; word < WORDS; word++) bytes.writeUInt32LE(this.#sum[word] as number, word * 4)
    bytes.writeBigUInt64LE(BigInt(this.#count), WORDS * 4)
    return createHash('sha256').update(bytes).digest('hex')
  }
}
