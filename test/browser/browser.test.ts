import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { after, before, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
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

let server: Server
let browser: Browser
let origin: string
let policy = ''

before(async () => {
  if (skip) return
  server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname
    response.setHeader('Cross-Origin-Opener-Policy', 'same-origin')
    response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp')
    if (policy) response.setHeader('Content-Security-Policy', policy)
    if (path === '/') {
      response.setHeader('Content-Type', 'text/html')
      response.end(
        '<!doctype html><title>ring</title><script type="module" src="/test/browser/page.js"></script>',
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

async function runPage(contentSecurityPolicy: string): Promise<PageResult> {
  policy = contentSecurityPolicy
  const page = await browser.newPage()
  try {
    const errors: string[] = []
    page.on('pageerror', (error) => errors.push(error.message))
    await page.goto(origin)
    const deadline = Date.now() + 30_000
    for (;;) {
      const title = await page.title()
      if (title.startsWith('{')) return JSON.parse(title) as PageResult
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
    const result = await runPage(csp)
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
