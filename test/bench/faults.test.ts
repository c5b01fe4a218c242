/**
 * The checks of the benchmarks can fail: each contestant is run with a fault put in on purpose (bench/src/fault.ts), and
 * must then end with no figure but with what it noticed.
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { before, describe, test } from 'node:test'
import { ROOT } from '../repo/repository.js'

/** What these tests use of the benchmarks, which are a program of their own, with a build of their own. */
interface Contestant {
  readonly absent: () => string | null
  readonly cases: Readonly<Record<string, { readonly kind: string } | undefined>>
}

/** Those of the suite `peers` that are written in JavaScript, on this side at least. */
const ONE_BY_ONE = [
  'ours-wasm',
  'ours-js',
  'ours-wasm-lock',
  'ringbuf.js',
  'shared-memory-disruptor',
  'thread-stream',
  'postMessage',
  'postMessage-transfer',
  'postMessage-object',
  'receiveMessageOnPort',
  'BroadcastChannel',
  'mapped-processes',
  'unix-socket',
  'pipe',
  'child-ipc',
  'child-ipc-json',
]
const IN_BATCHES = [
  'ours-wasm',
  'ours-wasm-64KiB',
  'ringbuf.js',
  'shared-memory-disruptor',
  'thread-stream',
  'postMessage-batch',
  'postMessage-transfer-batch',
  'postMessage-object-batch',
  'receiveMessageOnPort-batch',
  'BroadcastChannel-batch',
  'mapped-processes',
  'unix-socket-batch',
  'pipe-batch',
  'child-ipc-batch',
  'child-ipc-json-batch',
]
const FROM_SEVERAL = ['ours-wasm', 'ringbuf.js', 'postMessage', 'mapped-processes', 'pipe', 'child-ipc']

/** Record 1000 is the one that is missing, or comes too late. */
const WRONG_NUMBER = /^sequence 1001 came out, 1000 was due$/
const WRONG_ORDER_OF_ONE = /^sequence \d+ came out, \d+ was due from its producer$/
/** Who carries bytes without boundaries finds no number where the next record should begin. */
const WRONG_LENGTH =
  /^(a record of|a message of) \d+ bytes came out$|^\d+ came out where \d+ went in$|^sequence -?\d+ came out, \d+ was due$|^ringbuf.js moved|^\d+ bytes of slots came out$/

let loadContestant: (name: string) => Promise<Contestant>

before(async () => {
  ;({ loadContestant } = await import(`${ROOT}bench/dist/contestants/index.js`))
})

interface Printed {
  readonly value?: number
  readonly error?: string
}

/** What a run with such a fault prints: a short one, or a longer one if a busy machine does not get to it so soon. */
async function measure(name: string, caseName: string, fault: string): Promise<Printed> {
  const short = await run(name, caseName, fault, '0.05')
  const isConclusive = fault === 'none' ? (short.value ?? 0) > 0 : short.error !== undefined
  return isConclusive ? short : run(name, caseName, fault, '1')
}

function run(name: string, caseName: string, fault: string, seconds: string): Promise<Printed> {
  const command = [`${ROOT}bench/dist/measure.js`, name, caseName, seconds, seconds]
  const env = { ...process.env, BENCH_FAULT: fault }
  return new Promise((resolve) => {
    execFile(process.execPath, command, { env, timeout: 60_000 }, (_, stdout, stderr) => {
      const line = stdout.trim().split('\n').at(-1)
      resolve(line ? JSON.parse(line) : { error: `printed nothing but ${stderr}` })
    })
  })
}

function mustNotice(
  names: readonly string[],
  caseName: string,
  faults: Readonly<Record<string, RegExp>>,
): void {
  describe(caseName, { concurrency: 2 }, () => {
    for (const name of names) {
      test(`${name} is whole, and notices ${Object.keys(faults).join(', ')}`, async (t) => {
        const contestant = await loadContestant(name)
        assert.ok(contestant.cases[caseName], `${name} takes no part in ${caseName}`)
        const absent = contestant.absent()
        if (absent !== null) {
          t.diagnostic(`not tested: ${name} is absent: ${absent}`)
          return
        }
        const whole = await measure(name, caseName, 'none')
        assert.ok((whole.value ?? 0) > 0, `without a fault: ${JSON.stringify(whole)}`)
        for (const [fault, complaint] of Object.entries(faults)) {
          const spoilt = await measure(name, caseName, fault)
          assert.match(spoilt.error ?? `${fault} was not noticed: ${JSON.stringify(spoilt)}`, complaint)
        }
      })
    }
  })
}

mustNotice(ONE_BY_ONE, 'throughput-1p1c-64B', {
  drop: WRONG_NUMBER,
  swap: WRONG_NUMBER,
  length: WRONG_LENGTH,
})
mustNotice(IN_BATCHES, 'throughput-1p1c-64B-batch', { swap: WRONG_NUMBER, length: WRONG_LENGTH })
mustNotice(FROM_SEVERAL, 'throughput-4p1c-64B', { drop: WRONG_ORDER_OF_ONE })
