/** Some thousand handshakes of every kind; `main.js` shakes hands for as long as you like. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { EFFORT, Random, SEED } from '../ring/support/random.js'

const PROGRAM = fileURLToPath(new URL('main.js', import.meta.url))

/** Runs the program; meanwhile `disturb` may do something to it. Answers its line of JSON. */
async function shakeHands(
  count: number,
  rings: number,
  disturb: (child: ChildProcess, isOver: () => boolean) => Promise<void> = async () => {},
): Promise<{ ok: boolean; count: number; failure?: string }> {
  // A machine that runs other tests too has stalls of its own; a wake-up that is lost takes seconds.
  const args = ['--count', count, '--rings', rings, '--stall-ms', 3000, '--seed', SEED, '--json'].map(String)
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'ignore'] })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  let over = false
  const closed = once(child, 'close').then(() => {
    over = true
  })
  await disturb(child, () => over)
  await closed
  return JSON.parse(output.trimEnd().split('\n').at(-1) ?? '')
}

for (const rings of [1, 8]) {
  test(`${rings === 1 ? 'one ring' : 'eight rings'}: nobody sleeps through what was promised`, async () => {
    const count = 16_000 * EFFORT
    const { ok, failure, count: done } = await shakeHands(count, rings)
    assert.deepEqual({ ok, failure, done }, { ok: true, failure: undefined, done: count })
  })
}

test('a process that is stopped and goes on, again and again, loses nothing', async () => {
  const random = new Random(SEED)
  const { ok, failure } = await shakeHands(16_000 * EFFORT, 1, async (child, isOver) => {
    while (!isOver()) {
      await setTimeout(random.below(40))
      // Answers false, and throws nothing, when it has ended meanwhile.
      child.kill('SIGSTOP')
      await setTimeout(random.below(60))
      child.kill('SIGCONT')
    }
  })
  assert.deepEqual({ ok, failure }, { ok: true, failure: undefined })
})
