/** Numbers as people read them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  formatBytes,
  formatCount,
  formatFigure,
  formatPercent,
  formatTimes,
} from 'bpf-ringbuf-bench/report/numbers.js'

test('figures have about three digits, bytes have all', () => {
  const figures = [0, 0.123, 1.234, 12.34, 123.4, 1234.5, 2_162_688.4]
  assert.deepEqual(
    figures.map((figure) => formatFigure(figure, 'us')),
    ['0.00', '0.12', '1.23', '12.3', '123', '1,235', '2,162,688'],
  )
  assert.equal(formatFigure(1_048_576, 'bytes'), '1,048,576')
})

test('what is no number is a dash', () => {
  for (const value of [null, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.equal(formatFigure(value, 'us'), '–')
    assert.equal(formatTimes(value), '–')
  }
})

test('ratios keep their digits when they are small', () => {
  const times = [0.000_56, 0.0321, 0.5, 1.234, 12.34, 123.4, 2459]
  assert.deepEqual(times.map(formatTimes), [
    '0.00056x',
    '0.032x',
    '0.50x',
    '1.23x',
    '12.3x',
    '123x',
    '2,459x',
  ])
})

test('axes name round numbers', () => {
  assert.deepEqual([8, 1024, 4096, 1 << 20].map(formatBytes), ['8', '1 K', '4 K', '1 M'])
  assert.deepEqual([0.5, 5, 1000, 2.5e6].map(formatCount), ['0.5', '5', '1 k', '2.5 M'])
  assert.deepEqual([0.021, 0.26].map(formatPercent), ['2.1 %', '26 %'])
})
