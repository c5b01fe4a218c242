// Bundles the command line with its libraries, so that the package itself depends on nothing. The ring
// stays outside: the command uses the package's public entry point, like anybody else.
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const target = join(root, 'dist/bin')
rmSync(target, { recursive: true, force: true })
const bundle = await rolldown({
  // Threads and processes are started by name: demo/crew.ts, bench/run/crew.ts and child.ts look beside themselves.
  input: {
    ringbuf: join(root, 'dist/cli/main.js'),
    'demo-worker': join(root, 'dist/cli/demo/demo-worker.js'),
    'bench-worker': join(root, 'dist/cli/bench/run/bench-worker.js'),
    'bench-process': join(root, 'dist/cli/bench/run/bench-process.js'),
  },
  external: [/^bpf-ringbuf(\/|$)/, /^node:/],
  platform: 'node',
  logLevel: 'warn',
})
const { output } = await bundle.write({
  dir: target,
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: '[name].js',
})
await bundle.close()
chmodSync(join(target, 'ringbuf.js'), 0o755)
writeFileSync(join(target, 'LICENSES.txt'), licenses(output.flatMap((chunk) => chunk.moduleIds ?? [])))

/** The licences of what was bundled, which ask to be passed on with it. */
function licenses(modules) {
  const packages = new Set(modules.map((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0]))
  packages.delete(undefined)
  const texts = [...packages].sort().map((directory) => {
    const about = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
    const { name, version, license } = about
    const file = readdirSync(directory).find((entry) => /^licen[cs]e/i.test(entry))
    const text = file ? readFileSync(join(directory, file), 'utf8').trim() : asStated(about)
    return `${name} ${version} (${license})\n\n${text}\n`
  })
  return texts.join(`\n${'-'.repeat(80)}\n\n`)
}

/** A package may name the MIT licence and leave out its text, which is to be passed on all the same. */
function asStated({ name, license, author }) {
  if (license !== 'MIT' || !author) throw new Error(`${name} is bundled, but has no licence to pass on`)
  // Our own licence is that one.
  const [, terms] = readFileSync(join(root, 'LICENSE'), 'utf8').split(/^Copyright .*\n/m)
  return `MIT License\n\nCopyright (c) ${author.name ?? author}\n${terms.trimEnd()}`
}
