/** Who takes part in the suite `waiting` only, in the order of the report, each with its line for the legend. */
export const WAITING = {
  'ours-busy': 'waitBusy, then consumeRaw: never sleeps',
  'ours-adaptive': 'wait, then consumeRaw, by the default strategy: spins for as long as pays, then sleeps',
  'ours-spin': 'the same by the strategy "spin": 50 us, then sleeps',
  'ours-yield': 'the same by the strategy "yield": spins, then naps for a millisecond, then sleeps',
  'ours-park': 'the same by the strategy "park": sleeps at once',
  'ours-async': 'waitAsync by the default strategy, then consumeRaw',
  'ours-async-park': 'waitAsync by the strategy "park", then consumeRaw',
  'ours-for-await': 'for await: records as bytes of their own',
  'ours-raw': 'consumeRaw: records where they are',
  'ours-lease': 'lease: records where they are, as views, 256 at a time',
  'ours-copy-out': 'consumeRaw, each record copied into one buffer that is used again',
  'ours-consume': 'consume: each record as bytes of its own',
  'ours-consume-pooled': 'consume with pooledCopies: records share buffers',
  'ours-poll-1ms': 'NO_WAKEUP always; the consumer looks every millisecond',
  'ours-watermark': 'watermark of 100 records or 5 ms',
  'ours-force': 'FORCE_WAKEUP with every record',
  'ours-sampled': 'by hand: NO_WAKEUP until 100 records are there, then FORCE_WAKEUP',
  'ours-consume-async': 'waitAsync, then consume: bytes of their own, the event loop turns every 4 ms',
  'ours-poller-run': 'poller.run over four rings: bytes of their own',
  'ours-unbounded':
    'consume with max: Infinity, again and again, in which no event loop turns: how not to do it',
  'ours-poller': 'poller.poll, blocking',
  'ours-poller-async': 'poller.pollAsync',
} as const

export type WaitingName = keyof typeof WAITING

export const WAITING_NAMES = Object.keys(WAITING) as readonly WaitingName[]
