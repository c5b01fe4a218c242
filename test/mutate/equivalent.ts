import { type Mutant, nameOf } from './mutant.js'

/** Mutants that nobody can notice, by name, and why not. */
interface Equivalent {
  readonly why: string
  readonly mutants: readonly (string | RegExp)[]
}

const EQUIVALENT: readonly Equivalent[] = [
  {
    why: 'it only saves work to look before: what follows looks again',
    mutants: [
      /^ring\/algorithm\/lock\.ts lock: atomicLoad\(view, word\) → 0$/,
      /^ring\/algorithm\/count\.ts drop: atomicLoad\(view, flag\) → 0$/,
    ],
  },
  {
    why: 'the counters are read again for nothing',
    mutants: [/^ring\/algorithm\/consume\.ts takeLossFlag: atomicStore\(view, flag, 0\) → 0$/],
  },
  {
    why: 'it matters only after 2^31 bytes',
    mutants: [/^ring\/algorithm\/consume\.ts keepUp: (load|atomicStore)\(.*\) → 0$/],
  },
  {
    why: 'a fence has no effect where everything is in order already, as it is in the explorer and on an x86',
    mutants: [/^ring\/algorithm\/overwrite\.ts fence: (atomicStore|atomicLoad)\(.*\) → 0$/],
  },
  {
    why: 'waiters are woken for nothing, never forgotten',
    mutants: [
      /^ring\/algorithm\/room\.ts wakeProducers: exchange\(view, waiters, 0\) → /,
      'ring/algorithm/room.ts wakeProducers: 0 → (-1) (2)',
    ],
  },
  {
    why: 'of two who wake at once, what the second has done is seen by whoever reads the sequence after the first',
    mutants: [/^ring\/algorithm\/room\.ts wakeAllWaiters: add\(view, sequence, 1\) → \[/],
  },
  {
    why: 'it goes round once more, finds another word than it expected, and tells then',
    mutants: [/^ring\/algorithm\/rouse\.ts rouse: seen === state → !\(seen === state\)$/],
  },
  {
    why: 'of two who rouse the consumer at once both notify; the second for nothing',
    mutants: [/^ring\/algorithm\/rouse\.ts rouse: compareExchange\(.*\) → \[/],
  },
  {
    why: 'it is as if it had been woken before it fell asleep; and the record that it stands at wakes it',
    mutants: [/^ring\/algorithm\/sleep\.ts fallAsleepForMore: compareExchange\(.*\) → \[/],
  },
  {
    why: 'whoever flushes wakes every sleeper right behind it, however that sleeps',
    mutants: ['ring/algorithm/room.ts awaitConsumer: rouseFromMore(view); → ;'],
  },
  {
    why: 'positions are multiples of 8: three bits more do not change which of two lies ahead, or within one ring',
    mutants: [
      'ring/algorithm/producer-position.ts positionOf: word & ~POSITION_BITS → word',
      'ring/algorithm/reserve.ts isBeingReserved: word & ~POSITION_BITS → word',
    ],
  },
  {
    why: 'the word is damaged, and is no position with one bit more or less',
    mutants: ['ring/algorithm/producer-position.ts positionOf: word & ~CLOSED_BIT → word (2)'],
  },
  {
    why: 'the position is damaged: the walk ends all the same, and only distances are compared with its end',
    mutants: [
      /^ring\/algorithm\/control\.ts committedEnd: oldestPosition\(view\) & ~7 → oldestPosition\(view\)/,
    ],
  },
  {
    why: 'where the consumer sleeps it has said before [W1], and it is read behind [S4], which is ordered behind that',
    mutants: [/^ring\/algorithm\/rouse\.ts tellSleeper: atomicLoad\(.*BELL_PLACE.*\) → load/],
  },
  {
    why: 'awake but called asleep: whoever commits meanwhile wakes for nothing',
    mutants: [
      'consumer/ring-sleeper.ts RingSleeper.abandon: this.#attachment.engine.wakeUp(); → ;',
      /^ring\/algorithm\/sleep\.ts fallAsleep: atomicStore\(view, word, SLEEP_AWAKE\) → 0$/,
      /^ring\/algorithm\/sleep\.ts fallAsleepForMore: atomicStore\(view, word, SLEEP_AWAKE\) → 0$/,
      /^ring\/algorithm\/sleep\.ts wakeUp: exchange\(.*\) → /,
    ],
  },
  {
    why: 'the first try fails, and the second knows what stands there',
    mutants: [/^ring\/algorithm\/reserve\.ts claimUnclean: position \| RESERVING_BIT → position$/],
  },
  {
    why: 'for whoever counts busy records, or commits what was never reserved, and no part of the protocol',
    mutants: [
      /^ring\/algorithm\/reserve\.ts claimUnclean: store\(view, next \+ RECORD_PAGE_OFFSET_WORD, FREE_WORD\) → 0$/,
    ],
  },
  {
    why: 'endRecovery notifies those who are parked on the lock in any case',
    mutants: [/^ring\/algorithm\/recover\.ts seizeLock: holder\(view\) \| LOCK_PARKED_BIT → holder\(view\)$/],
  },
  {
    why: 'called listening though awake: whoever rings notifies for nothing',
    mutants: [/^memory\/bells\.ts stopListening: Atomics\.and\(.*\) → \[/],
  },
  {
    why: 'whoever rang in between has changed a sleep word before, and those are looked at behind it',
    mutants: [/^memory\/bells\.ts listen: Atomics\.or\(.*\) → \[/],
  },
  {
    why: 'the same was stored plainly before; atomic it is for the consumer that reads the counter, as [D1]',
    mutants: [/^ring\/algorithm\/journal\.ts keepPromise: atomicStore\(.*\) → /],
  },
  {
    why: 'it is for who counts, in a snapshot that nothing depends on',
    mutants: [/^ring\/algorithm\/control\.ts (query|countBusy): atomicLoad\(.*\) → load\(/],
  },
  {
    why: 'two carries into the high word are 2^32 apart',
    mutants: [/^ring\/algorithm\/count\.ts addAtomic: add\(view, low \+ 4, 1\) → \[/],
  },
  {
    why: 'more records than any ring holds, with one less, too',
    mutants: ['consumer/watermark.ts module: 0x7fff_ffff → 2147483646'],
  },
  {
    why: 'whoever has looked for as long as he was told parks, finds that nobody holds it, and tries again',
    mutants: [/^ring\/algorithm\/lock\.ts lock: atomicLoad\(view, word\) !== 0 → !\(/],
  },
  {
    why: 'it waits for who is about to reserve, and finds the ring closed then',
    mutants: ['ring/algorithm/reserve.ts isBeingReserved: RESERVING_BIT | CLOSED_BIT → RESERVING_BIT'],
  },
  {
    why: 'positions are multiples of 8',
    mutants: [
      /^ring\/reader\.ts InPlaceReader\.isBefore: 0 → 1$/,
      /^ring\/algorithm\/(control\.ts committedEnd|producer-position\.ts positionOf): 0x8000_0000 → 2147483647$/,
      'ring/algorithm/overwrite.ts overwrite: 1 → 2',
    ],
  },
  {
    why: 'any number but 0 says the same',
    mutants: ['ring/algorithm/count.ts drop: 1 → 2'],
  },
  {
    why: 'nobody asks what it answers',
    mutants: ['ring/recover.ts recoverLock: 0 → 1 (4)'],
  },
  {
    why: 'where nothing is overwritten the position stays where it is, and then nobody looks at what was to be',
    mutants: [
      'ring/algorithm/overwrite.ts overwrite: position >>> 0 < from >>> 0 → position >>> 0 <= from >>> 0',
    ],
  },
  {
    why: 'only the consumer writes that word, and it is the consumer',
    mutants: [
      /^ring\/algorithm\/consume\.ts finishRelease: atomicLoad\(.*(RELEASED|CONSUMER)_POSITION.*\) → load\(/,
      /^ring\/reader\.ts InPlaceReader\.release: Atomics\.add\(.*CONSUMER_ROUNDS.*\) → \[/,
    ],
  },
  {
    why: 'padding of a report: its two words are u32, and no reader looks at what is behind them',
    mutants: [/^ring\/algorithm\/reserve\.ts reportLosses: store\(view, address \+ (4|12), 0\) → 0$/],
  },
  {
    why: 'how long it spins, or passes the time, is a matter of taste',
    mutants: [
      /^consumer\/waiter\.ts module: \d+ → /,
      'ring/park.ts lookOn: nowMs() > deadline → nowMs() >= deadline',
      /^memory\/sleep\.ts nap: [\d.]+ → /,
      /^ring\/park\.ts module: \d+ → /,
    ],
  },
  {
    why: 'which copy is made by which means costs another time, and is the same',
    mutants: [/^ring\/producer\.ts Producer\.\w+: .*ON_HEAP_BYTES → /],
  },
  {
    why: 'it only passes the time',
    mutants: [/^memory\/sleep\.ts nap: (Atomics\.(load|wait)\(.*\)|i < 1000) → /],
  },
]

/** Why nobody can notice a mutant; undefined if somebody should. */
export function whyNot(mutant: Mutant): string | undefined {
  const name = nameOf(mutant)
  return EQUIVALENT.find(({ mutants }) => mutants.some((pattern) => matches(pattern, name)))?.why
}

/** Explanations that no mutant belongs to. */
export function unusedExplanations(mutants: readonly Mutant[]): string[] {
  const names = mutants.map(nameOf)
  return EQUIVALENT.flatMap(({ why, mutants }) =>
    mutants
      .filter((pattern) => !names.some((name) => matches(pattern, name)))
      .map((name) => `${name}: ${why}`),
  )
}

function matches(pattern: string | RegExp, name: string): boolean {
  return typeof pattern === 'string' ? pattern === name : pattern.test(name)
}
