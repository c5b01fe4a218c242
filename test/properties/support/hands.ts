/** What can be done to a ring by those who are attached to it: here, or in another process. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { EngineKind } from 'bpf-ringbuf'
import { openConsumer, openProducer } from 'bpf-ringbuf'
import { type AnyHandle, type AnyRing, joinRing } from '../../ring/support/rings.js'

export type Deed =
  | { readonly do: 'join'; readonly handle: AnyHandle; readonly engine: EngineKind }
  | { readonly do: 'output'; readonly payload: Uint8Array }
  | { readonly do: 'reserve'; readonly size: number }
  | { readonly do: 'submit' | 'discard'; readonly address: number; readonly payload: Uint8Array }
  | { readonly do: 'consume'; readonly max: number }
  | { readonly do: 'close' | 'leave' }

/** A number as the ring answers it; or the payloads that were shown. */
export type Answer = number | Uint8Array[]

export interface Hands {
  perform(deed: Deed): Promise<Answer>
}

/** Hands of this process. */
export class OwnHands implements Hands {
  #ring: AnyRing | undefined
  #producer: ReturnType<typeof openProducer> | undefined

  async perform(deed: Deed): Promise<Answer> {
    if (deed.do === 'join') {
      this.#ring = joinRing(deed.handle, { engine: deed.engine })
      this.#producer = openProducer(this.#ring)
      return 0
    }
    const [ring, producer] = [this.#ring, this.#producer]
    if (ring === undefined || producer === undefined) throw new Error('it has joined no ring')
    switch (deed.do) {
      case 'output':
        return producer.output(deed.payload)
      case 'reserve':
        return producer.reserve(deed.size)
      case 'submit':
      case 'discard':
        producer.memory.u8.set(deed.payload, deed.address)
        return producer[deed.do](deed.address)
      case 'consume': {
        const shown: Uint8Array[] = []
        using consumer = openConsumer(ring)
        consumer.consume((record) => shown.push(record), { max: deed.max })
        return shown
      }
      case 'close':
        ring.close()
        return 0
      case 'leave':
        producer.detach()
        // Of memory that threads share there is nothing to give up.
        if ('detach' in ring) (ring as { detach(): void }).detach()
        return 0
    }
  }
}

/** Hands of another process, which lives until this one ends or it is stopped. */
export class HandsElsewhere implements Hands {
  readonly #child: ChildProcess

  constructor() {
    this.#child = fork(new URL('./elsewhere.js', import.meta.url), { serialization: 'advanced' })
    // It must not keep this process alive; it ends with it.
    this.#child.unref()
    this.#child.channel?.unref()
  }

  async perform(deed: Deed): Promise<Answer> {
    this.#child.channel?.ref()
    try {
      this.#child.send(deed)
      const [answer] = await once(this.#child, 'message')
      if (answer instanceof Error) throw answer
      return answer
    } finally {
      this.#child.channel?.unref()
    }
  }
}
