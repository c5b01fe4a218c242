import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { again } from './support/again.js'

test('a line that does it again has the options that were given, each as one word of a shell', () => {
  const only = `a record, and 'nobody' $HOME`
  const line = again('outcomes', {
    only,
    rounds: 3,
    threads: true,
    json: false,
    build: undefined,
    jobs: '',
    rings: [1, 8],
  })
  assert.match(line, /^again: npm run outcomes -- --only '.*' --rounds 3 --threads --rings 1 8$/)
  const [, words] = line.split(' -- ')
  const seen = execFileSync('sh', ['-c', `printf '%s\\n' ${words}`], { encoding: 'utf8' })
  assert.deepEqual(seen.trimEnd().split('\n'), [
    '--only',
    only,
    '--rounds',
    '3',
    '--threads',
    '--rings',
    '1',
    '8',
  ])
})
