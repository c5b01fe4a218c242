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
  // The worker's name is what src/cli/demo/crew.ts looks for beside itself.
  input: {
    ringbuf: join(root, 'dist/cli/main.js'),
    'demo-worker': join(root, 'dist/cli/demo/demo-worker.js'),
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
    const { name, version, license } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
    const file = readdirSync(directory).find((entry) => /^licen[cs]e/i.test(entry))
    if (!file) throw new Error(`${name} is bundled, but has no licence to pass on`)
    return `${name} ${version} (${license})\n\n${readFileSync(join(directory, file), 'utf8').trim()}\n`
  })
  return texts.join(`\n${'-'.repeat(80)}\n\n`)
}
