/** Rings pass, and rings with a fault do not. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { describe, test } from 'node:test'
import { loadCases } from '#conformance/load.js'
import { commandOf } from '#conformance/plugins.js'
import { runCases } from '#conformance/run.js'
import { NO_GCC } from '../system/support/c-program.js'
import { NO_DOOR } from '../system/support/door.js'

const LIMIT_MS = 60_000
const cases = loadCases()

/** What each cannot be asked for. */
const RINGS: Readonly<Record<string, { skip: string | false; missing: readonly string[] }>> = {
  kernel: { skip: absent('kernel'), missing: ['overwrite', 'start'] },
  c: { skip: absent('c'), missing: ['map', 'mapping', 'user-ring', 'verifier'] },
  python: {
    skip: absent('python'),
    missing: [
      'data',
      'headers',
      'map',
      'mapping',
      'mirror',
      'move-consumer',
      'pending-position',
      'stale-bytes',
      'user-ring',
      'verifier',
    ],
  },
  wasm: {
    skip: false,
    missing: [
      'map',
      'mapping',
      'mirror',
      'overwrite',
      'pending-position',
      'stale-bytes',
      'user-ring',
      'verifier',
    ],
  },
  'js-lock': { skip: false, missing: ['map', 'mapping', 'mirror', 'stale-bytes', 'user-ring', 'verifier'] },
  mapped: { skip: NO_DOOR, missing: ['map', 'mapping', 'user-ring', 'verifier'] },
}

for (const [name, { skip, missing }] of Object.entries(RINGS)) {
  test(`the ring '${name}' passes`, { skip }, async () => {
    const { failures, skipped, passed, gaveUp } = await runCases(commandOf(name), cases, {
      limitMs: LIMIT_MS,
    })
    assert.equal(gaveUp, undefined)
    assert.deepEqual(
      failures.map(({ operation, got }) => ({ ...operation.place, text: operation.text, got })),
      [],
    )
    assert.equal(passed + skipped.length, cases.length)
    const named = new Set(skipped.flatMap((skip) => skip.missing))
    assert.deepEqual([...named].sort(), missing)
  })
}

/** Why a plug-in cannot be started here, or false. */
function absent(name: string): string | false {
  try {
    commandOf(name)
    return false
  } catch (error) {
    return (error as Error).message
  }
}

describe('every fault is noticed', { skip: NO_GCC, concurrency: 2 }, () => {
  if (NO_GCC) return
  const [binary = ''] = commandOf('c')
  // Those of plug-ins, and not of rings, are in plugins.test.ts.
  const faults = execFileSync(binary, ['--fault', 'list'], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .filter((fault) => !/^(hangs|dies|talks-nonsense)$/.test(fault))
  assert.ok(faults.length >= 30)
  for (const fault of faults) {
    test(fault, async () => {
      const options = { limitMs: LIMIT_MS, untilFailure: true }
      const { failures, gaveUp } = await runCases([binary, '--fault', fault], cases, options)
      assert.equal(gaveUp, undefined)
      assert.equal(failures.length, 1, 'no case has noticed it')
    })
  }
})
