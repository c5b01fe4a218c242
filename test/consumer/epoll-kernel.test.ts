/** What an epoll reports is what the kernel's reports: measured there, step by step. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { BUILDS, type Build } from '../ring/support/builds.js'
import { EFFORT, SEED } from '../ring/support/random.js'
import { FOLDER, playInKernel } from './epoll/kernel.js'
import { type Answer, drawScript, inOrder, playHere, type Step } from './epoll/script.js'

const recorded = JSON.parse(readFileSync(new URL('kernel-answers.json', FOLDER), 'utf8')) as {
  readonly kernel: string
  readonly answers: readonly Answer[][]
}

function mustAgree(script: readonly Step[], kernel: readonly Answer[], build: Build, seed: number): void {
  const here = inOrder(playHere(script, build))
  const what = `script ${seed}: ${JSON.stringify(script)}`
  assert.deepEqual(here, inOrder(kernel), what)
}

for (const build of BUILDS) {
  test(`${build.name}: as the kernel ${recorded.kernel} has answered`, () => {
    for (const [i, answers] of recorded.answers.entries()) mustAgree(drawScript(i + 1), answers, build, i + 1)
  })
}

test('as the kernel of this machine answers now, where it may be asked', (t) => {
  const seeds = Array.from({ length: 200 * EFFORT }, (_, i) => SEED + i)
  const answers = playInKernel(seeds.map(drawScript))
  if (typeof answers === 'string') {
    t.diagnostic(`nothing but the recorded answers: ${answers}`)
    return
  }
  for (const [i, seed] of seeds.entries()) {
    const build = BUILDS[i % BUILDS.length] as Build
    mustAgree(drawScript(seed), answers[i] as Answer[], build, seed)
  }
})
