/** What the suites payloads, heap and memory-growth compute and check: allocations, texts, structs, growth. */
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { ROOT, runNode } from '../repo/repository.js'

interface Site {
  readonly where: string
  readonly bytes: number
}
interface Bar {
  readonly name: string
  readonly met: boolean | null
}
interface Extra {
  readonly sampledBytes: number
  readonly scavenges: number
}
type Struct = Record<string, number | bigint | Uint8Array>

/** What these tests use of the benchmarks, which are a program of their own, with a build of their own. */
interface Bench {
  readonly sitesOf: (head: object) => Site[]
  readonly sampleAllocations: (work: () => unknown) => Promise<Site[]>
  readonly judgeHeap: (results: readonly object[]) => Bar[]
  readonly textsOf: (kind: 'ascii' | 'mixed', length: number) => string[]
  readonly openTextCheck: (texts: readonly string[]) => (text: string) => number
  readonly objectOf: (sequence: number) => Struct
  readonly checkObject: (struct: Struct) => number
  readonly growth: (samples: readonly object[], of: string) => number
}

let bench: Bench

before(async () => {
  const files = ['heap/sampler', 'heap/bars', 'payloads/texts', 'payloads/struct', 'weight/growth']
  bench = Object.assign(
    {},
    ...(await Promise.all(files.map((file) => import(`${ROOT}bench/dist/${file}.js`)))),
  )
})

const node = (functionName: string, selfSize: number, children: object[] = [], url = 'file:///a/b/c.js') => ({
  callFrame: { functionName, url, lineNumber: 6 },
  selfSize,
  children,
})

test('what a function allocates is added up, wherever it was called from, most first', () => {
  const head = node('(root)', 0, [
    node('f', 8, [node('g', 100), node('slice', 3, [], '')]),
    node('h', 0, [node('g', 20), node('f', 1)]),
    node('post', 5000, [], 'node:inspector'),
  ])
  assert.deepEqual(bench.sitesOf(head), [
    { where: 'g (b/c.js:7)', bytes: 120 },
    { where: 'f (b/c.js:7)', bytes: 9 },
    { where: 'slice', bytes: 3 },
  ])
})

/** So many that most of them are collected while they are sampled. */
const LEAKS = 300_000

test('the sampler sees every allocation, also of what is garbage at once', async () => {
  let kept: object = {}
  function leak(): void {
    for (let i = 0; i < LEAKS; i++) kept = new Array(10).fill(i)
  }
  const sites = await bench.sampleAllocations(leak)
  assert.ok(kept)
  const bytes = sites
    .filter(({ where }) => where.startsWith('leak') || where === 'Array')
    .reduce((sum, site) => sum + site.bytes, 0)
  // Ten words, and the headers of an array and of its elements.
  assert.ok(bytes >= LEAKS * 80 && bytes < LEAKS * 200, JSON.stringify(sites.slice(0, 5)))
})

/** Measures a path, given as the source of a function that is called for each record, in a process of its own. */
function measurePath(record: string): { value: number; extra: Extra; sites: string[] } {
  const source = `
    import { measureHeap } from '${ROOT}bench/dist/heap/measure.js'
    globalThis.kept = null
    const record = ${record}
    const path = () => { for (let i = 0; i < 1000; i++) record(i); return 1000 }
    console.log(JSON.stringify(await measureHeap({ kind: 'heap', open: () => path }, 0.4, 0.2)))`
  const flags = ['--expose-gc', '--min-semi-space-size=16', '--max-semi-space-size=16']
  const { code, output } = runNode(...flags, '--input-type=module', '--eval', source)
  assert.equal(code, 0, output)
  return JSON.parse(output.trim().split('\n').at(-1) as string)
}

test('a record that allocates is found out, by each way of counting, and so is where', () => {
  const { value, extra, sites } = measurePath(
    'function leak(i) { globalThis.kept = { a: i, b: i, c: i, d: i } }',
  )
  // Four words and three of the object itself.
  assert.ok(value > 55 && value < 58, `${value}`)
  assert.ok(Math.abs(extra.sampledBytes - value) < 2, `${extra.sampledBytes}`)
  assert.ok(extra.scavenges > 1, `${extra.scavenges}`)
  // Inlined, it is its caller's.
  assert.match(sites[0] as string, /^56\.\d\d bytes in (leak|path|run)/)
})

test('a record that allocates nothing costs nothing', () => {
  const { value, extra, sites } = measurePath('function add(i) { globalThis.kept = i }')
  assert.ok(value < 0.01, `${value}`)
  assert.ok(extra.sampledBytes < 0.01, `${extra.sampledBytes}`)
  assert.deepEqual(sites, [])
})

test('a raw path meets its goal only if both ways of counting say so', () => {
  const result = (median: number | null, sampledBytes: number) => ({
    case: 'heap-output',
    contestant: 'x',
    median,
    extra: { sampledBytes },
  })
  const mets = (results: object[]) => bench.judgeHeap(results).map(({ met }) => met)
  assert.deepEqual(mets([result(0, 0.009), result(0, 0.02), result(0.02, 0), result(null, 0)]), [
    true,
    false,
    false,
    null,
  ])
  assert.deepEqual(mets([{ ...result(200, 200), case: 'heap-lease' }]), [])
})

for (const kind of ['ascii', 'mixed'] as const) {
  test(`texts are as long as they should be, and each is another: ${kind}`, () => {
    for (const length of [16, 128, 1024]) {
      const texts = bench.textsOf(kind, length)
      assert.equal(new Set(texts).size, 256)
      for (const text of texts) assert.equal(text.length, length)
      const bytes = Buffer.byteLength(texts.join(''))
      assert.equal(bytes > 256 * length, kind === 'mixed')
    }
  })
}

test('a text that is not the one that is due is found out', () => {
  const texts = bench.textsOf('ascii', 16)
  const check = bench.openTextCheck(texts)
  for (let round = 0; round < 600; round++) assert.equal(check(texts[round % 256] as string), round)
  assert.throws(() => check(texts[89] as string), /text 600 came out/)
  assert.throws(() => check(`${texts[88]}.`), /text 600 came out/)
  assert.equal(check(texts[88] as string), 600)
})

test('a struct of which any field is another is found out', () => {
  for (const sequence of [0, 1, 255, 65536, 2 ** 28]) {
    const struct = bench.objectOf(sequence)
    assert.equal(bench.checkObject(struct), sequence)
    for (const [name, value] of Object.entries(struct)) {
      const other =
        typeof value === 'number' ? value + 1 : typeof value === 'bigint' ? value + 1n : value.with(15, 99)
      assert.throws(() => bench.checkObject({ ...struct, [name]: other }), /came out/, name)
    }
  }
})

test('growth is from the first third to the last, and one odd sample changes nothing', () => {
  const samples = [10, 10, 99, 20, 20, 20, 30, 30, 0].map((rss) => ({ rss }))
  assert.equal(bench.growth(samples, 'rss'), 20)
  assert.equal(bench.growth(samples.toReversed(), 'rss'), -20)
})
