import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const root = fileURLToPath(new URL('../../../', import.meta.url))

const program = `
import { createRing, openConsumer, openProducer } from 'bpf-ringbuf'
const ring = createRing({ size: 4096 })
openProducer(ring).outputText('bundled')
console.log(ring.engine, new TextDecoder().decode(openConsumer(ring).read()))
`

test('bundled into one file, and moved away from the package, the WebAssembly build works', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ringbuf-bundle-'))
  try {
    const entry = join(root, '.build/bundle-entry.mjs')
    writeFileSync(entry, program)
    const bundle = await rolldown({ input: entry, platform: 'browser', logLevel: 'warn' })
    await bundle.write({ file: join(folder, 'bundle.mjs'), format: 'esm' })
    assert.equal(
      execFileSync(process.execPath, ['bundle.mjs'], { cwd: folder, encoding: 'utf8' }),
      'wasm bundled\n',
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('packed and installed somewhere else, it needs no other package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ringbuf-pack-'))
  try {
    const [{ filename }] = JSON.parse(
      execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
        cwd: root,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    )
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
    execFileSync('npm', ['install', '--offline', '--no-audit', '--no-fund', join(folder, filename)], {
      cwd: folder,
      stdio: 'pipe',
    })
    const listed = JSON.parse(
      execFileSync('npm', ['ls', '--all', '--json'], { cwd: folder, encoding: 'utf8' }),
    )
    assert.deepEqual(Object.keys(listed.dependencies), ['bpf-ringbuf'])
    // Koffi is optional: npm names it, and does not install it.
    assert.deepEqual(listed.dependencies['bpf-ringbuf'].dependencies, { koffi: {} })
    writeFileSync(join(folder, 'program.mjs'), program)
    const output = execFileSync(process.execPath, ['program.mjs'], { cwd: folder, encoding: 'utf8' })
    assert.equal(output, 'wasm bundled\n')
  } finally {
    rmSync(folder, { recursive: true })
  }
})
