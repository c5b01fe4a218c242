/** The types, as programs with different settings meet them, and with every declaration checked. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { ROOT, run, runNode } from './repository.js'

const tsc = join(ROOT, 'node_modules/typescript/bin/tsc')

test('test/types compiles, and every mistake in it is one', () => {
  const { code, output } = runNode(tsc, '-p', 'test/types')
  assert.equal(code, 0, output)
})

describe('a program', () => {
  const settings: Record<string, object> = {
    'for Node, without the types of Node': { module: 'nodenext', lib: ['es2022'] },
    'for browsers, bundled': { module: 'esnext', moduleResolution: 'bundler', lib: ['es2022', 'dom'] },
    'for workers of browsers': {
      module: 'esnext',
      moduleResolution: 'bundler',
      lib: ['es2022', 'webworker'],
    },
    'for the newest of all': { module: 'nodenext', target: 'esnext', lib: ['esnext', 'dom'] },
  }
  const program = `
    import { createRing, openConsumer, openProducer } from 'bpf-ringbuf'
    const ring = createRing({ size: 4096 })
    openProducer(ring).output(new Uint8Array(8))
    export const record: Uint8Array<ArrayBuffer> | null = openConsumer(ring).read()
  `
  for (const [name, options] of Object.entries(settings)) {
    test(`${name} compiles`, () => {
      const folder = mkdtempSync(join(tmpdir(), 'ringbuf-types-'))
      try {
        mkdirSync(join(folder, 'node_modules'))
        symlinkSync(ROOT, join(folder, 'node_modules/bpf-ringbuf'))
        writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
        writeFileSync(join(folder, 'program.ts'), program)
        const strict = { target: 'es2022', types: [], strict: true, skipLibCheck: false, noEmit: true }
        const config = { compilerOptions: { ...strict, ...options }, files: ['program.ts'] }
        writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
        const { code, output } = run(process.execPath, tsc, '-p', folder)
        assert.equal(code, 0, output)
      } finally {
        rmSync(folder, { recursive: true })
      }
    })
  }
})
