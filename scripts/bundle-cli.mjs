// Bundles the command line with its libraries, so that the package itself depends on nothing. The ring
// stays outside: the command uses the package's public entry point, like anybody else.
import { chmodSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
rmSync(join(root, 'dist/bin'), { recursive: true, force: true })
const bundle = await rolldown({
  input: { ringbuf: join(root, 'dist/cli/main.js'), 'demo-worker': join(root, 'dist/cli/demo/worker.js') },
  external: ['bpf-ringbuf', /^node:/],
  platform: 'node',
  logLevel: 'warn',
})
await bundle.write({
  dir: join(root, 'dist/bin'),
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: '[name].js',
})
chmodSync(join(root, 'dist/bin/ringbuf.js'), 0o755)
