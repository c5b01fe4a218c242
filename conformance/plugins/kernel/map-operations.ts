/** What a ring answers as the map that it is. */
import { RingbufError } from 'bpf-ringbuf'
import { createMap, createRingMap, type KernelMap } from 'bpf-ringbuf/kernel'
import { errnoName } from '#dist/abi/errno-names.js'
import { loadSystem } from '#dist/system/load-system.js'

/** Commands of bpf(2) that take a map and a key. */
const COMMANDS: Readonly<Record<string, number>> = {
  lookup: 1,
  update: 2,
  delete: 3,
  'next-key': 4,
  'lookup-and-delete': 21,
}

/** `create TYPE KEY VALUE ENTRIES`, `lookup` and others without a key, `put-into TYPE`, `freeze`. */
export function mapOperation(ring: () => KernelMap, words: readonly string[]): string {
  const [operation = '', ...rest] = words
  if (operation === 'create') return answered(() => createAny(rest))
  if (operation === 'put-into') return answered(() => putInto(rest[0] as 'array_of_maps', ring()))
  if (operation === 'freeze') return answered(() => ring().freeze())
  const command = COMMANDS[operation]
  if (command === undefined) return `cannot map ${operation}`
  const attributes = new Uint8Array(40)
  new DataView(attributes.buffer).setUint32(0, ring().fd, true)
  const answer = loadSystem().bpf(command, attributes)
  return answer < 0 ? `errno ${errnoName(-answer)}` : 'ok'
}

/** What the kernel says to calls, and to operations of maps. */
const REFUSALS = ['ERR_SYSTEM', 'ERR_MAP_OPERATION']

/** An error of the kernel's is an answer. */
export function answered(act: () => void): string {
  try {
    act()
    return 'ok'
  } catch (error) {
    if (error instanceof RingbufError && REFUSALS.includes(error.code))
      return `errno ${error.detail['errno']}`
    throw error
  }
}

function createAny([type, key, value, entries, flags = '0']: readonly string[]): void {
  createMap({
    type: type as 'ringbuf',
    keySize: Number(key),
    valueSize: Number(value),
    maxEntries: Number(entries),
    flags: Number(flags),
  }).close()
}

/** Into a map of maps that was made for rings of another size. */
function putInto(type: 'array_of_maps' | 'hash_of_maps', ring: KernelMap): void {
  using other = createRingMap({ size: 8192 })
  using outer = createMap({ type, maxEntries: 4, inner: other })
  const key = new Uint8Array(4)
  outer.update(key, ring)
  const id = new DataView((outer.lookup(key) as Uint8Array<ArrayBuffer>).buffer).getUint32(0, true)
  if (id !== ring.id) throw new Error(`map ${id} is in there, and not ${ring.id}`)
}
