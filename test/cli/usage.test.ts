import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { home } from './support/command.js'
import { run } from './support/world.js'

describe('what was asked for', () => {
  test('--help tells the verbs', async () => {
    const { code, stdout, stderr } = await run('--help')
    assert.equal(code, 0)
    assert.match(stdout, /^Usage: ringbuf .*\n/)
    assert.match(stdout, /^ {2}demo .*hash every file/m)
    assert.match(stdout, /^ {2}bench .*measure the ring/m)
    assert.equal(stderr, '')
  })

  test('demo --help tells every option and its default', async () => {
    const { code, stdout } = await run('demo', '--help')
    assert.equal(code, 0)
    for (const word of ['[path]', '--workers', 'one a core', '--ring-size', '1 MiB', '--list', '--json']) {
      assert.ok(stdout.includes(word), word)
    }
  })

  test('--version is the version of the package', async () => {
    const { version } = JSON.parse(readFileSync(`${home}package.json`, 'utf8')) as { version: string }
    assert.deepEqual(await run('--version'), { code: 0, stdout: `${version}\n`, stderr: '' })
  })

  test('nothing: the help, on stderr, and exit code 2', async () => {
    const { code, stdout, stderr } = await run()
    assert.equal(code, 2)
    assert.equal(stdout, '')
    assert.match(stderr, /^Usage: ringbuf/)
  })
})

/** Command lines that must end with this code, and these words on stderr; stdout stays empty. */
const mistakes: [line: string[], code: number, ...words: string[]][] = [
  [['dmeo'], 2, "unknown command 'dmeo'", 'Did you mean demo?'],
  [['demo', '--worker', '2'], 2, "unknown option '--worker'", 'Did you mean --workers?'],
  [['demo', 'one', 'two'], 2, 'too many arguments'],
  [['demo', '--workers'], 2, 'argument missing'],
  ...['0', '-1', '1.5', 'two', '', '257', '1e2'].map((workers): [string[], number, ...string[]] => [
    ['demo', '--workers', workers],
    2,
    `--workers '${workers}' must be a whole number from 1 to 256`,
  ]),
  [['demo', '--ring-size', '5000'], 2, "'5000'", 'power of two', '4096', '8192'],
  [['demo', '--ring-size', '2048'], 2, "'2048'", 'at least one page', '4096'],
  [['demo', '--ring-size', '3 MiB'], 2, "'3 MiB'", '2 MiB', '4 MiB'],
  [['demo', '--ring-size', '16 MB'], 2, "'16 MB' is not a size", 'MiB'],
  [['demo', '--ring-size', '2 GiB'], 2, 'at most 1073741824'],
  [['bench', 'ring'], 2, 'too many arguments'],
  [['bench', '--only'], 2, 'argument missing'],
  [['bench', '--only', 'ring', 'rings'], 2, "--only 'rings' is none of: single, many", 'postMessage'],
  [['bench', '--only', 'pipe', 'single'], 2, '--only pipe single: nobody of them takes part'],
  ...['0', '-1', '61', 'x', '', '1e1', '.'].map((seconds): [string[], number, ...string[]] => [
    ['bench', '--seconds', seconds],
    2,
    `--seconds '${seconds}' must be a number above 0, at most 60`,
  ]),
  ...['0', '24', '60', '65544', '64.0', 'x'].map((size): [string[], number, ...string[]] => [
    ['bench', '--size', size],
    2,
    `--size '${size}' must be a multiple of 8 from 32 to 65536`,
  ]),
  ...['0', '65', '1.5', 'two'].map((producers): [string[], number, ...string[]] => [
    ['bench', '--producers', producers],
    2,
    `--producers '${producers}' must be a whole number from 1 to 64`,
  ]),
  [['bench', '--ring-size', '5000'], 2, "'5000'", 'power of two'],
  [['bench', '--ring-size', '4096'], 2, '--ring-size 4 KiB is too small', 'need'],
  [['demo', '/nowhere/at/all'], 1, "cannot read '/nowhere/at/all': no such file or directory (ENOENT)"],
  [['demo', '/dev/null'], 1, "cannot read '/dev/null': it is neither a directory nor a regular file"],
]

describe('mistakes', () => {
  for (const [line, code, ...words] of mistakes) {
    test(`ringbuf ${line.join(' ')}`, async () => {
      const answer = await run(...line)
      assert.equal(answer.code, code)
      assert.equal(answer.stdout, '')
      for (const word of words) assert.ok(answer.stderr.includes(word), `${word} in: ${answer.stderr}`)
      assert.match(answer.stderr, /^ringbuf: /)
      assert.doesNotMatch(answer.stderr, /\n {4}at /, 'no stack')
    })
  }
})
