// Completes package-lock.json after `npm install`: adds the packages of other platforms that npm left out.
//
// npm leaves an optional package out of the lock file when the registry it asked does not have it, as a
// mirror may not have what is for other systems; and then `npm ci` refuses the lock file. An entry with
// version, system and processor is all that `npm ci` needs to pass over it.
import { readFileSync, writeFileSync } from 'node:fs'

const PLATFORM =
  /-(android|darwin|freebsd|linux|openharmony|wasm32|win32)(?:-(arm64|arm|ia32|ppc64|riscv64|s390x|wasi|x64))?(?:-(.+))?$/
const LIBC = { gnu: 'glibc', musl: 'musl' }

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'))
let added = 0
for (const [path, { license, optionalDependencies = {} }] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const key = `node_modules/${name}`
    if (lock.packages[key] || lock.packages[`${path}/${key}`]) continue
    const [, system, processor, abi] = PLATFORM.exec(name) ?? []
    if (!system) throw new Error(`${name} does not say which platform it is for`)
    lock.packages[key] = {
      version,
      cpu: [system === 'wasm32' ? system : processor],
      dev: true,
      ...(abi in LIBC && { libc: [LIBC[abi]] }),
      license,
      optional: true,
      ...(system !== 'wasm32' && { os: [system] }),
    }
    added++
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)))
writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`)
process.stdout.write(`${added} packages of other platforms added\n`)
