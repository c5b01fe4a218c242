/** What is mutated: the algorithm, and the JavaScript around it that waits, wakes and recovers. */
export const SOURCES: readonly string[] = [
  ...named('ring/algorithm', [
    'commit',
    'consume',
    'control',
    'count',
    'journal',
    'lock',
    'overwrite',
    'pending',
    'producer-position',
    'record',
    'recover',
    'reserve',
    'room',
    'rouse',
    'sleep',
    'words',
  ]),
  ...named('ring', ['batch', 'flush', 'hold-up', 'park', 'producer', 'reader', 'recover', 'slot']),
  ...named('consumer', [
    'consumer',
    'lease',
    'lease-list',
    'pace',
    'poller',
    'ring-sleeper',
    'stall',
    'strategy',
    'waiter',
    'watermark',
  ]),
  ...named('memory', ['bed', 'bells', 'futex-bed', 'sleep']),
]

/** Folders of the tests that are asked. The explorer is asked directly: its tests take longer. */
export const TEST_FOLDERS = ['consumer', 'handshakes', 'kernel', 'mapped', 'ring', 'system']

/** What the explorer runs step by step; it believes words.js, which its steps stand for. */
export function isExplored(file: string): boolean {
  if (file === 'ring/algorithm/words.js') return false
  return file.startsWith('ring/algorithm/') || file === 'ring/park.js' || file === 'memory/bells.js'
}

function named(folder: string, names: readonly string[]): string[] {
  return names.map((name) => `${folder}/${name}.js`)
}
