/** What is done in a mount namespace of its own: see maps.test.ts. Arguments: the package, and a path. */
import { openConsumer } from 'bpf-ringbuf'
import { openKernelRing, openPinnedMap, openPinnedProgram } from 'bpf-ringbuf/kernel'
import { RingProgram } from './ring-program.js'

const path = process.argv[3] as string
const say = (text: string) => process.stdout.write(`${text}\n`)
/** The error's name, of the kernel's if it has one. */
const failureOf = (call: () => unknown) => {
  try {
    call()
  } catch (error) {
    const { code, detail } = error as { code: string; detail: { errno?: string } }
    return detail.errno ?? code
  }
  return 'none'
}

{
  using program = new RingProgram(4096)
  program.ring.pin(path)
  say('pinned')
  say(failureOf(() => program.ring.pin(path)))
  program.submit(1n)
  program.submit(2n)
}
for (const expected of ['one', 'two']) {
  using map = openPinnedMap(path, { type: 'ringbuf' })
  using ring = openKernelRing(map)
  const record = openConsumer(ring).read()
  say(record?.[0] === (expected === 'one' ? 1 : 2) ? expected : `${record?.[0]}`)
  if (expected === 'two') map.unpin(path)
}
{
  using program = new RingProgram(4096)
  program.program.pin(`${path}_program`)
  // Each takes its own name only.
  using other = new RingProgram(4096)
  other.ring.pin(path)
  say(failureOf(() => program.ring.unpin(path)))
  say(failureOf(() => program.program.unpin(path)))
  say(failureOf(() => program.ring.unpin(`${path}_program`)))
  say(failureOf(() => other.program.unpin(`${path}_program`)))
  other.ring.unpin(path)
  using pinned = openPinnedProgram(`${path}_program`)
  say(pinned.info().id === program.program.info().id ? 'program' : 'another program')
  pinned.unpin(`${path}_program`)
}
say(`unpinned ${failureOf(() => openPinnedMap(path))}`)
