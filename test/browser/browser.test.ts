import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { after, before, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { identityHolds, type RingCounters } from 'bpf-ringbuf'
import { type Browser, chromium } from 'playwright-core'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
)
const skip = executablePath ? false : 'no Chromium here; on Debian: apt-get install chromium'

/** What Chromium must not do on a machine whose network is closed. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-sync',
]

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

let server: Server
let browser: Browser
let origin: string
let policy = ''

before(async () => {
  if (skip) return
  server = createServer((request, response) => {
    const { pathname: path, searchParams } = new URL(request.url ?? '/', 'http://localhost')
    response.setHeader('Cross-Origin-Opener-Policy', 'same-origin')
    response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp')
    if (policy) response.setHeader('Content-Security-Policy', policy)
    if (path === '/') {
      response.setHeader('Content-Type', 'text/html')
      response.end(
        `<!doctype html><title>ring</title><script type="module" src="/test/browser/${searchParams.get('script')}"></script>`,
      )
      return
    }
    readFile(`${root}${path}`).then(
      (body) => response.setHeader('Content-Type', 'text/javascript').end(body),
      () => response.writeHead(404).end(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  assert(typeof address === 'object' && address)
  origin = `http://127.0.0.1:${address.port}/`
  browser = await chromium.launch({ ...(executablePath ? { executablePath } : {}), args: FLAGS })
})

after(async () => {
  await browser?.close()
  server?.close()
})

/** What a page reports that runs this script. */
async function runPage<T>(script: string, contentSecurityPolicy = ''): Promise<T> {
  policy = contentSecurityPolicy
  const page = await browser.newPage()
  try {
    const errors: string[] = []
    page.on('pageerror', (error) => errors.push(error.message))
    await page.goto(`${origin}?script=${script}`)
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
