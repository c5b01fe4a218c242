import { Worker } from 'node:worker_threads'
import type { RingHandle } from 'bpf-ringbuf'
import type { Board } from './board.js'
import type { BytePath } from './byte-path.js'
import { type Account, type Answer, newAccount, type Order, type WorkerData } from './messages.js'

/** Orders that a worker has at a time: with a second one waiting it need not wait for the main thread. */
const ORDERS_AHEAD = 2

/** Of the problems, so many are kept; the accounts count them all. */
const MOST_PROBLEMS = 10

interface Member {
  readonly thread: Worker
  orders: number
  alive: boolean
  account: Account
}

/** The worker threads: hands the board's work to them until there is none, then lets them go. */
export class Crew {
  /** What could not be read and why, for people. Not all of it. */
  readonly problems: string[] = []
  /** Fulfilled when every worker has exited. Never rejected: see `crash`. */
  readonly ended: Promise<void>
  readonly #board: Board
  readonly #members: readonly Member[]
  readonly #onCrash: () => void
  #crash: string | undefined
  #leaving = false
  #allExited = false

  /** @param onCrash is called when a worker dies; the others are let go already. */
  constructor(workers: number, handle: RingHandle, root: BytePath, board: Board, onCrash: () => void) {
    this.#board = board
    this.#onCrash = onCrash
    this.#members = Array.from({ length: workers }, (_, worker) => this.#hire({ handle, root, worker }))
    this.ended = Promise.all(this.#members.map(exitOf)).then(() => {
      this.#allExited = true
    })
    this.#handOut()
  }

  get allExited(): boolean {
    return this.#allExited
  }

  /** What went wrong when a worker died, for people. */
  get crash(): string | undefined {
    return this.#crash
  }

  /** What each worker has done, as far as it has told. */
  get accounts(): readonly Account[] {
    return this.#members.map(({ account }) => account)
  }

  /** Gives no more work out. The workers finish what they have, and exit. */
  letGo(): void {
    if (this.#leaving) return
    this.#leaving = true
    this.#board.clear()
    for (const { thread } of this.#members) thread.postMessage({ kind: 'end' } satisfies Order)
  }

  #hire(data: WorkerData): Member {
    const name = `worker ${data.worker + 1}`
    const thread = new Worker(new URL('./demo-worker.js', import.meta.url), { workerData: data, name })
    const member: Member = { thread, orders: 0, alive: true, account: newAccount() }
    thread.on('message', (answer: Answer) => this.#takeAnswer(member, answer))
    thread.on('error', (error: unknown) => this.#lose(member, `${name} crashed: ${messageOf(error)}`))
    thread.on('exit', (code) => {
      if (!this.#leaving || code !== 0) this.#lose(member, `${name} ended too early, with exit code ${code}`)
      member.alive = false
    })
    return member
  }

  #takeAnswer(member: Member, { account, listing, problems }: Answer): void {
    member.orders--
    member.account = account
    this.problems.push(...problems.slice(0, MOST_PROBLEMS - this.problems.length))
    if (listing && !this.#leaving) this.#board.addListing(listing.directory, listing)
    this.#handOut()
  }

  #handOut(): void {
    if (this.#leaving) return
    // Round by round, so that one worker does not get all while the others have none.
    for (let ahead = 1; ahead <= ORDERS_AHEAD; ahead++) {
      for (const member of this.#members) {
        if (member.orders >= ahead) continue
        const order = this.#board.take()
        if (!order) break
        member.orders++
        member.thread.postMessage(order)
      }
    }
    // Nothing is known, and nobody can find more.
    if (this.#members.every(({ orders }) => orders === 0)) this.letGo()
  }

  #lose(member: Member, crash: string): void {
    // A crash is an error and then an exit: it is told once.
    if (!member.alive) return
    member.alive = false
    this.#crash ??= crash
    this.letGo()
    this.#onCrash()
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function exitOf({ thread }: Member): Promise<unknown> {
  return new Promise((resolve) => thread.once('exit', resolve))
}
