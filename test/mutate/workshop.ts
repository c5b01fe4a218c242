import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'acorn'
import { apply, type Mutant } from './mutant.js'
import { isExplored, TEST_FOLDERS } from './sources.js'

/** From .build/test/mutate. */
const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
/** What is copied, because a fault is put in there, or because it imports from there. */
const COPIED = ['dist', '.build/test', 'package.json']
/** What tests only look at. */
const LINKED = ['LICENSE', 'README.md', 'docs', 'examples', 'node_modules', 'scripts', 'src', 'test']

/**
 * A copy of the build, in which one file at a time has a fault. Imports of `bpf-ringbuf` and `#dist/` lead into the copy,
 * because they are by its package.json.
 */
export class Workshop {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'ringbuf-mutate-')))

  constructor() {
    // Some tests become nobody, who must be able to read it.
    chmodSync(this.root, 0o755)
    for (const path of COPIED) cpSync(join(ROOT, path), join(this.root, path), { recursive: true })
    for (const path of LINKED.filter((path) => existsSync(join(ROOT, path))))
      symlinkSync(join(ROOT, path), join(this.root, path))
    this.prepare()
  }

  /** A file of dist as it is: `ring/park.js`. */
  read(file: string): string {
    return readFileSync(join(ROOT, 'dist', file), 'utf8')
  }

  /** Puts a fault in, until it is restored. Answers why that is no program, if it is none. */
  put(mutant: Mutant): string | undefined {
    const { file } = mutant
    const text = apply(this.read(file), mutant)
    parse(text, { ecmaVersion: 2022, sourceType: 'module' })
    this.#write(file, text)
    return undefined
  }

  /** Puts back what the file was. */
  restore({ file }: Mutant): void {
    this.#write(file, this.read(file))
  }

  /** Whether the explorer runs what has the fault. */
  isExplored({ file }: Mutant): boolean {
    return isExplored(file)
  }

  /** The test files that may be asked, relative to .build/test. */
  tests(): string[] {
    const all = readdirSync(join(this.root, '.build/test'), { recursive: true, encoding: 'utf8' })
    return (
      all
        .filter((file) => file.endsWith('.test.js') && TEST_FOLDERS.includes(file.split('/')[0] ?? ''))
        // A compiled test may be left of one that is gone.
        .filter((file) => existsSync(join(ROOT, 'test', file.replace(/js$/, 'ts'))))
        .sort()
    )
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true })
  }

  /**
   * All engines run the algorithm in JavaScript, as tsc has written it: those of WebAssembly, too, because a fault of the
   * source would be in both builds; and not the copy that scripts/inline-words.mjs makes.
   */
  protected prepare(): void {
    const engine = 'ring/engine-js.js'
    const inlined = "'./algorithm/inlined/index.js'"
    const text = this.read(engine)
    if (!text.includes(inlined)) throw new Error(`${engine} does not import ${inlined}: build first`)
    this.#write(engine, text.replace(inlined, "'./algorithm/index.js'"))
    this.#write('ring/engine-wasm.js', ENGINE_INSTEAD_OF_WASM)
  }

  #write(file: string, text: string): void {
    writeFileSync(join(this.root, 'dist', file), text)
  }
}

/** It compiles the smallest module, because where that may not be no other may; and works in the memory that WebAssembly sees. */
const ENGINE_INSTEAD_OF_WASM = `
import { webAssembly } from '../memory/webassembly.js'
import { createJsEngine } from './engine-js.js'
export function createWasmEngine(target) {
  const wasm = webAssembly()
  if (!wasm || target.memory.wasm === undefined) throw new TypeError('the ring does not lie in WebAssembly memory')
  new wasm.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0))
  const memory = Object.create(target.memory, { buffer: { value: target.memory.wasm.buffer } })
  return { ...createJsEngine({ ...target, memory }), kind: 'wasm' }
}
`

/** Where results are kept from one run to the next. */
export const KEPT = join(ROOT, '.build/mutate')
