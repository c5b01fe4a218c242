import { join } from 'node:path'
import { rolldown } from 'rolldown'
import { ROOT } from '../repo/repository.js'

const TESTS = join(ROOT, '.build/test')

/** Each stands beside those that start it. */
const PROGRAMS = {
  stage: 'browser/stage.js',
  racer: 'outcomes/racer.js',
  producer: 'stress/producer.js',
  conductor: 'stress/conductor.js',
}

/** Makes programs for a browser of the very modules that run in Node: in the folder that it answers. */
export async function bundle(): Promise<string> {
  const folder = join(ROOT, '.build/browser')
  const bundle = await rolldown({
    input: Object.fromEntries(Object.entries(PROGRAMS).map(([name, file]) => [name, join(TESTS, file)])),
    platform: 'browser',
    transform: { define: { 'process.env': '{}', 'process.platform': '"a browser"' } },
    plugins: [
      {
        name: 'threads of a browser',
        resolveId: (source) =>
          source.endsWith('/mapped/support/peer.js') ? join(TESTS, 'browser/peer.js') : null,
      },
    ],
    logLevel: 'warn',
  })
  await bundle.write({
    dir: folder,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-chunk.js',
  })
  await bundle.close()
  return folder
}
