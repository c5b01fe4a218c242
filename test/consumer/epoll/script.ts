import { RingEpoll } from 'bpf-ringbuf'
import type { Build } from '../../ring/support/builds.js'
import { Random } from '../../ring/support/random.js'
import { Rig } from '../../ring/support/rig.js'

/** What can be done to rings and an epoll, in the kernel as here: see kernel.py. */
export type Step =
  | readonly ['add', ring: number, edgeTriggered: boolean]
  | readonly ['mod', ring: number, edgeTriggered: boolean]
  | readonly ['del', ring: number]
  | readonly ['output', ring: number, flags: number]
  | readonly ['submit', ring: number, flags: number]
  | readonly ['discard', ring: number, flags: number]
  | readonly ['consume', ring: number, most: number]
  | readonly ['wait', maxEvents: number]

/** For `consume` how many records there were, for `wait` the rings that were reported. */
export type Answer = number | readonly number[]

export const RINGS = 3
const STEPS = 30

/** A script that this seed repeats. */
export function drawScript(seed: number): Step[] {
  const random = new Random(seed)
  const rings = 1 + random.below(RINGS)
  const inside = new Set<number>()
  const script: Step[] = []
  while (script.length < STEPS) {
    const ring = random.below(rings)
    const kind = random.below(16)
    if (!inside.has(ring) && kind < 5) {
      script.push(['add', ring, random.oneIn(2)])
      inside.add(ring)
    } else if (kind === 0) {
      script.push(['del', ring])
      inside.delete(ring)
    } else if (kind === 1 && inside.has(ring)) {
      script.push(['mod', ring, random.oneIn(2)])
    } else if (kind < 7) {
      const act = random.pick(['output', 'submit', 'discard'] as const)
      script.push([act, ring, random.pick([0, 0, 0, 1, 1, 2, 3])])
    } else if (kind < 10) {
      script.push(['consume', ring, random.oneIn(2) ? 1 : 1000])
    } else {
      script.push(['wait', RINGS])
    }
  }
  return script.filter(([act, ring], i) => act !== 'del' || isInside(script.slice(0, i), ring))
}

function isInside(script: readonly Step[], ring: number): boolean {
  const last = script.findLast(([act, of]) => of === ring && (act === 'add' || act === 'del'))
  return last?.[0] === 'add'
}

/** Plays a script with our rings and our epoll. */
export function playHere(script: readonly Step[], build: Build): Answer[] {
  const rigs = Array.from({ length: RINGS }, () => new Rig(build))
  using epoll = new RingEpoll()
  const answers: Answer[] = []
  for (const step of script) {
    if (step[0] === 'wait') {
      answers.push(epoll.poll({ maxEvents: step[1] }).map(({ data }) => data as number))
      continue
    }
    const { producer, consumer } = rigs[step[1]] as Rig
    switch (step[0]) {
      case 'add':
        epoll.add(consumer, { edgeTriggered: step[2], data: step[1] })
        break
      case 'mod':
        epoll.modify(consumer, { edgeTriggered: step[2], data: step[1] })
        break
      case 'del':
        epoll.delete(consumer)
        break
      case 'consume':
        answers.push(consumer.consumeRaw(() => {}, { max: step[2], store: 'record' }))
        break
      case 'output':
        producer.output(new Uint8Array(8), step[2])
        break
      case 'submit':
        producer.submit(producer.reserve(8), step[2])
        break
      case 'discard':
        producer.discard(producer.reserve(8), step[2])
    }
  }
  return answers
}

/** The kernel promises no order of the rings that one wait reports. */
export function inOrder(answers: readonly Answer[]): Answer[] {
  return answers.map((answer) => (typeof answer === 'number' ? answer : [...answer].sort((a, b) => a - b)))
}
