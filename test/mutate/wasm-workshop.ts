import { spawnSync } from 'node:child_process'
import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Mutant } from './mutant.js'
import { inSource } from './source-line.js'
import { SOURCES } from './sources.js'
import { Workshop } from './workshop.js'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const FOLDER = 'ring/algorithm'
/** AssemblyScript has this file of its own: what tsc compiles is not in the module. */
const WORDS = `${FOLDER}/words.js`

/**
 * A copy of the build whose WebAssembly is compiled from a source with a fault in it. The JavaScript stays as it is: what is
 * noticed is noticed of machine code.
 */
export class WasmWorkshop extends Workshop {
  /** Compiles the source with the fault. AssemblyScript may refuse that. */
  override put(mutant: Mutant): string | undefined {
    const place = inSource(mutant)
    if (!place) throw new Error('the source does not say what the build does there')
    const { path, text } = place
    const source = join(this.root, '.build/faulty')
    cpSync(join(ROOT, 'src', FOLDER), source, { recursive: true })
    writeFileSync(join(source, path.slice(FOLDER.length + 1)), text)
    return this.#compile(source)
  }

  override restore(): void {
    cpSync(join(ROOT, 'dist/ring/wasm.gen.js'), join(this.root, 'dist/ring/wasm.gen.js'))
  }

  override isExplored(): boolean {
    return false
  }

  protected override prepare(): void {
    // What is tested is what users get.
  }

  #compile(source: string): string | undefined {
    const [work, target] = [join(this.root, '.build/wasm'), join(this.root, 'dist/ring/wasm.gen.js')]
    const script = join(ROOT, 'scripts/build-wasm.mjs')
    const from = ['--source', source, '--work', work, '--target', target]
    const { status, stderr } = spawnSync(process.execPath, [script, ...from], { encoding: 'utf8' })
    return status === 0 ? undefined : stderr.split('\n')[0]
  }
}

/** Whether a fault can be put into the source of the WebAssembly build: where both say the same, and it needs no object. */
export function isOfWasm(mutant: Mutant): boolean {
  const { file, text } = mutant
  if (!file.startsWith(`${FOLDER}/`) || file === WORDS || !SOURCES.includes(file)) return false
  return !text.startsWith('[') && inSource(mutant) !== undefined
}
