/** Where the process of a build says how far it is, so that whoever watches it knows also when it hangs or dies. */
import { SharedWords } from '../mapped/support/shared-words.js'
import { CONTROL_DAMAGES, CONTROL_DEEDS, CONTROL_STOP } from '../ring/support/attacker.js'

/** Which series at rest it is at, and how many words it has damaged in them. */
const NUMBER = 8
const DONE = 9
/** Which deeds are being done: here, and by another in the same memory. */
const DEED = 10
const DEED_ELSEWHERE = 11
/** How many others have joined. */
const JOINED = 12
/** From here on: what it shares with attackers. */
const CONTROL = 16
const WORDS = 32

export class Board {
  readonly name: string
  readonly #shared: SharedWords
  /** For attack(). */
  readonly control: Int32Array

  private constructor(name: string, shared: SharedWords) {
    this.name = name
    this.#shared = shared
    this.control = shared.words.subarray(CONTROL, WORDS)
  }

  static create(name: string): Board {
    return new Board(name, SharedWords.create(name, WORDS))
  }

  static open(name: string): Board {
    return new Board(name, SharedWords.open(name))
  }

  /** The series at rest that it is at. */
  get number(): number {
    return Atomics.load(this.#shared.words, NUMBER)
  }

  set number(number: number) {
    Atomics.store(this.#shared.words, NUMBER, number)
  }

  /** How many words it has damaged at rest. */
  get done(): number {
    return Atomics.load(this.#shared.words, DONE)
  }

  count(damages: number): void {
    Atomics.add(this.#shared.words, DONE, damages)
  }

  /** How many words were damaged while others were at work. */
  get meanwhile(): number {
    return Atomics.load(this.control, CONTROL_DAMAGES)
  }

  /** Changes as long as it is alive. */
  get pulse(): number {
    return this.number + Atomics.load(this.control, CONTROL_DEEDS)
  }

  /** Says what is being done, by its number. */
  begin(deed: number): void {
    Atomics.store(this.#shared.words, DEED, deed)
    Atomics.add(this.control, CONTROL_DEEDS, 1)
  }

  beginElsewhere(deed: number): void {
    Atomics.store(this.#shared.words, DEED_ELSEWHERE, deed)
  }

  /** Of both. */
  get deeds(): readonly [number, number] {
    const { words } = this.#shared
    return [Atomics.load(words, DEED), Atomics.load(words, DEED_ELSEWHERE)]
  }

  join(): void {
    Atomics.add(this.#shared.words, JOINED, 1)
  }

  /** How many others are there. */
  get joined(): number {
    return Atomics.load(this.#shared.words, JOINED)
  }

  stop(): void {
    Atomics.store(this.control, CONTROL_STOP, 1)
  }

  get stopped(): boolean {
    return Atomics.load(this.control, CONTROL_STOP) !== 0
  }

  unlink(): void {
    this.#shared.unlink()
  }
}
