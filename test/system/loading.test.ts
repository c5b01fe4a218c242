/** Opening the door, and where there is none: the package loads everywhere, and says what is missing. */
import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { loadSystem } from '#dist/system/load-system.js'
import { ARCHITECTURES, callNumbers } from '#dist/system/numbers.js'
import { pageBytes } from '#dist/system/page-size.js'
import type { FileCalls } from '#dist/system/system.js'
import { ROOT } from '../repo/repository.js'
import { door, NO_DOOR } from './support/door.js'
import { mustThrow } from './support/errors.js'
import { runProgram } from './support/process.js'

const SAY = `
  try { loadSystem(OPTIONS); console.log('loaded') }
  catch (error) { console.log(JSON.stringify([error.name, error.code, error.message, error.detail])) }`

/** What opening the door says in a process that pretends to be elsewhere. */
async function said(pretend: string): Promise<[string, string, string, Record<string, string>]> {
  const { output, errors } = await runProgram(pretend + SAY.replace('OPTIONS', ''))
  assert.match(output, /^\[/, errors)
  return JSON.parse(output)
}

test('off Linux it says so', async () => {
  const [name, code, message, detail] = await said(
    `Object.defineProperty(process, 'platform', { value: 'darwin' });`,
  )
  assert.deepEqual([name, code], ['RingbufError', 'ERR_NOT_SUPPORTED'])
  assert.equal(message, `this needs Linux, and Node ${process.versions.node} runs on darwin`)
  assert.equal(detail['platform'], 'darwin')
})

test('on a processor whose calls it does not know it says so', async () => {
  const pretend = `for (const [key, value] of [['platform', 'linux'], ['arch', 's390x']]) Object.defineProperty(process, key, { value });`
  const [, code, message] = await said(pretend)
  assert.equal(code, 'ERR_NOT_SUPPORTED')
  assert.equal(message, 'this needs one of the processors x64, arm64, riscv64, loong64, and this is s390x')
})

test('every processor has all numbers, and no two calls share one', () => {
  for (const architecture of ARCHITECTURES) {
    const numbers = Object.values(callNumbers(architecture) ?? {})
    assert.equal(new Set(numbers).size, numbers.length)
    assert.ok(numbers.every(Number.isInteger))
  }
  assert.equal(callNumbers('ia32'), undefined)
})

test('the size of a page is what the kernel tells the process', () => {
  const vector = new BigUint64Array([3n, 64n, 6n, 65536n, 0n, 0n])
  const files = { open: () => 3, close: () => 0, read: fill } as unknown as FileCalls
  function fill(_: number, into: Uint8Array): number {
    into.set(new Uint8Array(vector.buffer))
    return vector.byteLength
  }
  assert.equal(pageBytes(files), 65536)
  assert.equal(pageBytes({ ...files, open: () => -2 }), 4096)
  assert.equal(pageBytes({ ...files, read: () => -5 }), 4096)
})

describe('on Linux', { skip: NO_DOOR }, () => {
  test('it opens once', () => {
    assert.equal(loadSystem(), door)
    assert.equal(loadSystem({ only: door.backend }), door)
  })

  test('a page is what the system says', () => assert.equal(door.pageBytes % 4096, 0))

  test('a backend of another runtime says why not', () => {
    const { message, detail } = mustThrow('ERR_NOT_SUPPORTED', () => loadSystem({ only: 'Deno.dlopen' }))
    assert.match(message, /cannot call the operating system: .*\(Deno\.dlopen: this is not Deno\)$/)
    assert.equal(detail['reasons'], 'Deno.dlopen: this is not Deno')
    mustThrow('ERR_NOT_SUPPORTED', () => loadSystem({ only: 'bun:ffi' }))
  })

  test('without koffi it says what to install', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ringbuf-no-koffi-'))
    try {
      cpSync(join(ROOT, 'dist'), join(folder, 'dist'), { recursive: true })
      writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n')
      const module = pathToFileURL(join(folder, 'dist/system/load-system.js')).href
      // The whole package loads too.
      const { output } = await runProgram(
        `await import(${JSON.stringify(pathToFileURL(join(folder, 'dist/index.js')).href)});
         const { loadSystem: load } = await import(${JSON.stringify(module)});
         ${SAY.replace('loadSystem(OPTIONS)', `load({ only: 'koffi' })`)}`,
      )
      const [, code, message, detail] = JSON.parse(output)
      assert.equal(code, 'ERR_NOT_SUPPORTED')
      assert.match(
        message,
        /: `npm install koffi`, or take Node 26\.1 or newer \(koffi: Cannot find module 'koffi'\)$/,
      )
      assert.equal(detail.reasons, `koffi: Cannot find module 'koffi'`)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test('where addons are forbidden it says so, not that koffi is missing', async () => {
    const text = SAY.replace('OPTIONS', `{ only: 'koffi' }`)
    const { output, errors } = await runProgram(text, ['--no-addons'])
    assert.match(output, /^\[/, errors)
    const [, code, message] = JSON.parse(output)
    assert.equal(code, 'ERR_NOT_SUPPORTED')
    assert.match(message, /: run it without --no-addons, or with --allow-addons \(koffi: /)
  })

  test('nothing of it is loaded before it is asked for', async () => {
    const lib = JSON.stringify(import.meta.resolve('bpf-ringbuf'))
    const { output } = await runProgram(
      `await import(${lib}); process.stdout.write(String(/koffi/.test((await import('node:fs')).readFileSync('/proc/self/maps'))));
       loadSystem({ only: 'koffi' }); process.stdout.write(String(/koffi/.test((await import('node:fs')).readFileSync('/proc/self/maps'))))`,
    )
    assert.equal(output, 'falsetrue')
  })
})
