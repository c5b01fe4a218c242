import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import type { Browser } from 'playwright-core'
import { ROOT } from '../repo/repository.js'
import { launchChromium, NO_CHROMIUM } from './chromium.js'
import { type IsolatedServer, serveIsolated } from './server.js'

const skip = NO_CHROMIUM
const PAGE = '<!doctype html><title>ring</title><script type="module" src="/test/browser/page.js"></script>'

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

let server: IsolatedServer
let browser: Browser

before(async () => {
  if (skip) return
  server = await serveIsolated(ROOT, PAGE)
  browser = await launchChromium()
})

after(async () => {
  await browser?.close()
  server?.close()
})

async function runPage(contentSecurityPolicy: string): Promise<PageResult> {
  server.policy = contentSecurityPolicy
  const page = await browser.newPage()
  try {
    const errors: string[] = []
    page.on('pageerror', (error) => errors.push(error.message))
    await page.goto(server.origin)
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
