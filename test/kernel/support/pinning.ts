/** What is done in a mount namespace of its own: see maps.test.ts. Arguments: the package, and a path. */
import { openConsumer } from 'bpf-ringbuf'
import { openKernelRing, openPinnedMap, openPinnedProgram } from 'bpf-ringbuf/kernel'
import { RingProgram } from './ring-program.js'

const path = process.argv[3] as string
const say = (text: string) => process.stdout.write(`${text}\n`)
const errnoOf = (call: () => unknown) => {
  try {
    call()
  } catch (error) {
    return (error as { detail: { errno: string } }).detail.errno
  }
  return 'none'
}

{
  using program = new RingProgram(4096)
  program.ring.pin(path)
  say('pinned')
  say(errnoOf(() => program.ring.pin(path)))
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
  using pinned = openPinnedProgram(`${path}_program`)
  say(pinned.info().id === program.program.info().id ? 'program' : 'another program')
  pinned.unpin(`${path}_program`)
}
say(`unpinned ${errnoOf(() => openPinnedMap(path))}`)
