/**
 * The rings in C have no data race that ThreadSanitizer could see, and their checks can fail.
 *
 * A race made on purpose, by a store that publishes but does not release, shows that it would be seen.
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { ROOT } from '../repo/repository.js'

/** Each program, and the header in which its ring is, with the function whose store publishes. */
const PROGRAMS = [
  { program: 'c_kernel', header: 'c_ring.h', publishes: 'static inline void ring_submit' },
  { program: 'c_best', header: 'best_ring.h', publishes: 'static inline void ring_commit' },
  { program: 'c_lean', header: 'lean_ring.h', publishes: 'static inline void ring_commit' },
] as const

const RUNS = [[], ['producers=4', 'bytes=8'], ['producers=2', 'bytes=1024', 'paced=1']]

let folder: string
let whyNot: string | null = null

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'ringbuf-races-'))
  writeFileSync(join(folder, 'empty.c'), 'int main(void) { return 0; }\n')
  whyNot = compile(folder, 'empty', '-fsanitize=thread')
})

after(() => rmSync(folder, { recursive: true }))

/** What gcc says, or null when it compiled the program. */
function compile(sources: string, program: string, ...options: string[]): string | null {
  const output = join(folder, program)
  const source = join(sources, `${program}.c`)
  const { status, stderr, error } = spawnSync(
    'gcc',
    ['-O1', '-g', '-pthread', ...options, '-o', output, source],
    {
      encoding: 'utf8',
    },
  )
  return status === 0 ? null : (error?.message ?? stderr)
}

/** ThreadSanitizer wants to know where memory lies. */
function run(program: string, settings: readonly string[], env: NodeJS.ProcessEnv = {}): string {
  const command = ['-R', join(folder, program), 'hand-off', '0.05', '0.15', ...settings]
  const { stdout, stderr } = spawnSync('setarch', command, {
    encoding: 'utf8',
    env: { ...process.env, TSAN_OPTIONS: 'halt_on_error=1', ...env },
  })
  return stdout + stderr
}

for (const { program, header, publishes } of PROGRAMS) {
  describe(program, () => {
    test('has no race that ThreadSanitizer sees', (t) => {
      if (whyNot !== null) return t.diagnostic(`not tested: ${whyNot}`)
      assert.equal(compile(`${ROOT}bench/native`, program, '-fsanitize=thread'), null)
      for (const settings of RUNS) {
        const output = run(program, settings)
        assert.doesNotMatch(output, /ThreadSanitizer/, `${settings}`)
        assert.match(output, /"value": [\d.]+/, `${settings}`)
      }
    })

    test('would have one if its commits did not release', (t) => {
      if (whyNot !== null) return t.diagnostic(`not tested: ${whyNot}`)
      const copy = join(folder, `broken-${program}`)
      cpSync(`${ROOT}bench/native`, copy, { recursive: true })
      const text = readFileSync(join(copy, header), 'utf8')
      const at = text.indexOf(publishes)
      const broken = text.slice(at).replace(/memory_order_(release|seq_cst)/, 'memory_order_relaxed')
      assert.notEqual(broken, text.slice(at))
      writeFileSync(join(copy, header), text.slice(0, at) + broken)
      assert.equal(compile(copy, program, '-fsanitize=thread'), null)
      assert.match(run(program, []), /WARNING: ThreadSanitizer: data race/)
    })

    test('notices records that are missing, repeated, or of another length', (t) => {
      if (whyNot !== null) return t.diagnostic(`not tested: ${whyNot}`)
      assert.equal(compile(`${ROOT}bench/native`, program), null)
      const spoilt = (fault: string) => run(program, ['producers=2'], { BENCH_FAULT: fault })
      assert.match(spoilt('none'), /"value": [\d.]+/)
      assert.match(spoilt('drop'), /"error": "\d+ records in, \d+ out, 0 dropped"/)
      assert.match(spoilt('repeat'), /"error": "sequence [0-9a-f]+ came after [0-9a-f]+"/)
      assert.match(spoilt('length'), /"error": "a record of 64 bytes came out, 72 went in"/)
    })
  })
}
