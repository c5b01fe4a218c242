import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { identityHolds, type RingCounters } from 'bpf-ringbuf'
import type { Browser } from 'playwright-core'
import { ROOT } from '../repo/repository.js'
import { launchChromium, NO_CHROMIUM } from './chromium.js'
import { type IsolatedServer, serveIsolated } from './server.js'

const skip = NO_CHROMIUM
const page = (query: URLSearchParams) =>
  `<!doctype html><title>ring</title><script type="module" src="/test/browser/${query.get('script')}"></script>`

interface PageResult {
  readonly records: number
  readonly sum: number
  readonly outOfOrder: number
  readonly text: string
  readonly blocked: string
  readonly outcome: string
  readonly engine: string
  readonly isolated: boolean
}

interface AudioResult {
  readonly error?: string
  readonly engine: string
  readonly name: string
  readonly blocked: string
  /** How often there was sound to make. */
  readonly quanta: number
  /** When nobody had consumed anything yet. */
  readonly half: { readonly submitted: number; readonly dropped: number }
  readonly seen: number
  readonly wrong: number
  readonly text: string
  readonly counters: RingCounters
}

let server: IsolatedServer
let browser: Browser

before(async () => {
  if (skip) return
  server = await serveIsolated(ROOT, page)
  browser = await launchChromium()
})

after(async () => {
  await browser?.close()
  server?.close()
})

/** What a page reports that runs this script. */
async function runPage<T>(script: string, contentSecurityPolicy = ''): Promise<T> {
  server.policy = contentSecurityPolicy
  const page = await browser.newPage()
  try {
    const errors: string[] = []
    page.on('pageerror', (error) => errors.push(error.message))
    await page.goto(`${server.origin}?script=${script}`)
    const deadline = Date.now() + 30_000
    for (;;) {
      const title = await page.title()
      if (title.startsWith('{')) return JSON.parse(title) as T
      if (Date.now() > deadline) throw new Error(`the page reported nothing; it said: ${errors.join(', ')}`)
      await setTimeout(20)
    }
  } finally {
    await page.close()
  }
}

for (const [title, csp, engine] of [
  ['in Chromium, a worker produces and the main thread consumes', '', 'wasm'],
  [
    'under a content security policy that forbids WebAssembly, JavaScript takes over',
    "default-src 'self'",
    'js',
  ],
] as const) {
  test(title, { skip }, async () => {
    const result = await runPage<PageResult>('page.js', csp)
    assert.equal(result.isolated, true)
    assert.equal(result.engine, engine)
    assert.equal(result.blocked, 'ERR_CANNOT_BLOCK')
    assert.equal(result.outcome, 'closed')
    assert.equal(result.records, 20_000)
    assert.equal(result.sum, (20_000 * 19_999) / 2)
    assert.equal(result.outOfOrder, 0)
    assert.equal(result.text, 'Grüße 19999')
  })
}

for (const engine of ['wasm', 'js']) {
  test(`an AudioWorklet produces and never waits, a worker consumes: ${engine}`, { skip }, async () => {
    const result = await runPage<AudioResult>(`audio.js&engine=${engine}`)
    assert.equal(result.error, undefined)
    assert.equal(result.engine, engine)
    assert.equal(result.name, 'Grüße')
    assert.equal(result.blocked, 'ERR_CANNOT_BLOCK')
    const { half, counters } = result
    assert.ok(half.dropped > 0, 'the sound went on though the ring was full')
    assert.ok(counters.submitted > half.submitted, 'and after there was room again records came')
    // A text for a start, then eight records each time.
    assert.equal(counters.attempted, 1 + 8 * result.quanta)
    assert.equal(counters.inFlight, 0)
    assert.ok(identityHolds(counters), JSON.stringify(counters))
    assert.equal(result.text, 'Grüße aus dem Ton 🎵')
    assert.equal(result.seen, counters.submitted)
    assert.equal(result.wrong, 0)
    assert.equal(counters.consumed, counters.submitted)
    assert.equal(counters.skipped, counters.discarded)
  })
}
