/** The table of errors: each code is thrown, documented and tested; nothing else is thrown. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ERRORS, RingbufError } from 'bpf-ringbuf'
import { filesBelow, readText } from './repository.js'

const sources = filesBelow('src').filter((path) => path.endsWith('.ts') && path !== 'src/abi/error.ts')
const thrown = new Map<string, string[]>()
for (const path of sources) {
  for (const [, code = ''] of readText(path).matchAll(/(?:new RingbufError|super)\(\s*'(ERR_\w+)'/g)) {
    thrown.set(code, [...(thrown.get(code) ?? []), path])
  }
}

for (const [code, { meaning, remedy }] of Object.entries(ERRORS)) {
  test(`${code} is thrown somewhere in src`, () => assert.ok(thrown.has(code)))

  test(`${code} is documented as the table says`, () => {
    const row = readText('docs/errors.md')
      .split('\n')
      .find((line) => line.includes(`\`${code}\``))
    assert.ok(row, `docs/errors.md has no row for ${code}`)
    assert.deepEqual(
      row.split('|').map((cell) => cell.trim()),
      ['', `\`${code}\``, meaning, remedy, ''],
    )
  })

  test(`${code} is expected by a test`, () => {
    const folders = ['ring', 'consumer', 'system', 'browser', 'bytecode', 'mapped', 'map', 'kernel']
    const tests = folders.flatMap((folder) => filesBelow(`test/${folder}`))
    assert.ok(tests.some((path) => readText(path).includes(`'${code}'`)))
  })
}

test('nothing is thrown that is not in the table', () => {
  assert.deepEqual([...thrown.keys()].sort(), Object.keys(ERRORS).sort())
})

test('docs/errors.md documents no code that does not exist', () => {
  for (const [code] of readText('docs/errors.md').matchAll(/ERR_\w+/g)) assert.ok(code in ERRORS, code)
})

test('what the documentation of src names as thrown exists', () => {
  for (const path of sources) {
    for (const [code] of readText(path).matchAll(/ERR_\w+/g)) assert.ok(code in ERRORS, `${code} in ${path}`)
  }
})

test('an error has its code, its numbers and its name', () => {
  const error = new RingbufError('ERR_RING_SIZE', 'no such size', { value: 5 })
  assert.ok(error instanceof Error)
  assert.deepEqual(
    [error.name, error.code, error.message, error.detail],
    ['RingbufError', 'ERR_RING_SIZE', 'no such size', { value: 5 }],
  )
})
