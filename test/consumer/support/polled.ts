import { type OpenPollerOptions, openPoller, type RingPoller } from 'bpf-ringbuf'
import { BUILDS, type Build } from '../../ring/support/builds.js'
import { Rig } from '../../ring/support/rig.js'

const DEFAULT_BUILD = BUILDS[0] as Build

/** Rings in a poller, whose callbacks note what they are shown: `<ring>:<text>`. */
export class Polled implements Disposable {
  readonly poller: RingPoller
  readonly rigs: readonly Rig[]
  readonly seen: string[] = []
  /** What the callbacks answer, if not undefined; called with what was noted. */
  answer: (note: string) => unknown = () => undefined

  /** Turns do not end by the clock unless the options say so: on a busy machine 4 ms may pass within one record. */
  constructor(rings: number, options: OpenPollerOptions = {}, build: Build = DEFAULT_BUILD) {
    this.poller = openPoller({ budget: { maxMs: Number.POSITIVE_INFINITY }, ...options })
    this.rigs = Array.from({ length: rings }, () => new Rig(build))
    for (const rig of this.rigs) this.add(rig)
  }

  /** Also a ring of its own making. Answers its index. */
  add(rig: Rig): number {
    const index = this.poller.length
    return this.poller.add(rig.ring, (record) => {
      const note = `${index}:${Buffer.from(record)}`
      this.seen.push(note)
      return this.answer(note)
    })
  }

  rig(ring: number): Rig {
    return this.rigs[ring] as Rig
  }

  /** Puts records into a ring. */
  put(ring: number, ...texts: readonly string[]): void {
    for (const text of texts) this.rig(ring).mustOutput(text)
  }

  /** What was seen since this was last asked. */
  take(): string[] {
    return this.seen.splice(0)
  }

  [Symbol.dispose](): void {
    this.poller.close()
  }
}
