// Rings and maps of the kernel, programs, and what they are attached to.
import { openConsumer, type Ring } from 'bpf-ringbuf'
import { type Program, ProgramBuilder, r0, r10, u32 } from 'bpf-ringbuf/bytecode'
import {
  type Attachment,
  attachTc,
  attachUprobe,
  attachXdp,
  createMap,
  createRingMap,
  type KernelMap,
  type KernelProgram,
  type KernelRing,
  type KernelRingHandle,
  loadProgram,
  type MappedArray,
  openKernelRing,
  typedMap,
} from 'bpf-ringbuf/kernel'
import { type Batch, type BpfMap, fitsInner, type MapSpec, mapSpec, sumPerCpu } from 'bpf-ringbuf/map'
import { createMappedRing, type MappedRing, openMappedRing } from 'bpf-ringbuf/mapped'
import { isExactly } from './equal.js'

// Programs
const builder = new ProgramBuilder()
isExactly<Program>()(builder.mov(r0, 0).exit().build())
// @ts-expect-error: the frame pointer is read only
builder.mov(r10, 0)
// @ts-expect-error: no such helper
builder.call('bpf_ringbuf_take')
// @ts-expect-error: a place has a register
u32(5)
const program = builder.build()

// Maps
const map = createMap({ type: 'hash', maxEntries: 4, valueSize: 8 })
isExactly<KernelMap>()(map)
isExactly<Uint8Array<ArrayBuffer> | undefined>()(map.lookup(new Uint8Array(4)))
isExactly<Uint8Array<ArrayBuffer>[] | undefined>()(map.lookupPerCpu(new Uint8Array(4)))
isExactly<bigint | undefined>()(map.sumPerCpu(new Uint8Array(4)))
isExactly<MappedArray>()(map.mapped({ access: 'read' }))
// @ts-expect-error: no such type of map
createMap({ type: 'ring', maxEntries: 4096 })
// @ts-expect-error: a map has a number of entries
createMap({ type: 'hash' })
// @ts-expect-error: a ring has a size, not entries
createRingMap({ maxEntries: 4096 })
// @ts-expect-error: keys are bytes; numbers are for typedMap
map.lookup(5)
isExactly<Uint8Array<ArrayBuffer> | undefined>()(map.lookup(null))
isExactly<Batch>()(map.lookupBatch(10, map.lookupBatch(10).next))
// @ts-expect-error: a number is no key to begin behind
map.lookupBatch(10, 5)
// @ts-expect-error: any, noexist or exist
map.update(new Uint8Array(4), new Uint8Array(8), 'new')
// @ts-expect-error: memory that is written only is not to be had
map.mapped({ access: 'write' })

const typed = typedMap(map, { key: 'u32', value: { packets: 'u64', errors: 'i32' } })
isExactly<{ readonly packets: bigint; readonly errors: number } | undefined>()(typed.get(5))
typed.set(5, { packets: 1n, errors: 0 })
// @ts-expect-error: 64 bits are a bigint
typed.set(5, { packets: 1, errors: 0 })
// @ts-expect-error: a field is missing
typed.set(5, { packets: 1n })
// @ts-expect-error: 32 bits are a number
typed.get(5n)
// @ts-expect-error: no such type
typedMap(map, { key: 'u32', value: 'float' })

// Descriptions
const spec = mapSpec({ type: 'ringbuf', maxEntries: '64 KiB' })
isExactly<MapSpec>()(spec)
isExactly<KernelMap>()(createMap(spec))
isExactly<boolean>()(fitsInner(spec, map.info))
// @ts-expect-error: a type that only the kernel describes
mapSpec({ type: 'lpm_trie', maxEntries: 1 })
// @ts-expect-error: a description is frozen
spec.maxEntries = 4096
// Whoever takes a map takes one of the kernel.
const any: BpfMap = map
isExactly<bigint | undefined>()(sumPerCpu(any, null))
isExactly<number | undefined>()(typedMap(any, { key: 'u32', value: 'u32' }).get(5))
// @ts-expect-error: not all maps have a descriptor
any.fd

// Rings
isExactly<KernelRing>()(openKernelRing(map))
export const ring: Ring<KernelRingHandle> = openKernelRing(3)
openConsumer(openKernelRing({ type: 'bpf-ringbuf-kernel', fd: 3, id: 1 }))
// @ts-expect-error: a name is no map
openKernelRing('events')

// Loading and attaching
const loaded = loadProgram({ type: 'xdp', program, maps: { ring: map, other: 5 } })
isExactly<KernelProgram>()(loaded)
isExactly<number>()(loaded.testRun({ data: new Uint8Array(64), repeat: 10 }).returned)
isExactly<Uint8Array<ArrayBuffer>>()(loaded.testRun().context)
isExactly<Attachment>()(attachXdp(loaded, 'lo', { mode: 'generic' }))
// @ts-expect-error: no such type of program
loadProgram({ type: 'filter', program })
// @ts-expect-error: bytes alone do not say where maps go
loadProgram({ type: 'xdp', program: new Uint8Array(16) })
// @ts-expect-error: a map has a descriptor
loadProgram({ type: 'xdp', program, maps: { ring: null } })
// @ts-expect-error: generic, or as the kernel decides
attachXdp(loaded, 'lo', { mode: 'native' })
// @ts-expect-error: ingress or egress
attachTc(loaded, 'lo', 'in')
// @ts-expect-error: a file has a path
attachUprobe(loaded, { symbol: 'malloc' })
// @ts-expect-error: what is attached is a program that is loaded
attachXdp(program, 'lo')

export function dispose(): void {
  using attachment = attachTc(loaded, 'lo', 'ingress')
  isExactly<Attachment>()(attachment)
  using values = map.mapped()
  isExactly<Uint8Array<ArrayBuffer>>()(values.value(0))
}

// Rings between processes
const mapped = createMappedRing({ size: 4096, file: 'events', ifExists: 'open' })
isExactly<MappedRing>()(mapped)
isExactly<MappedRing>()(openMappedRing('events', { access: 'read' }))
isExactly<MappedRing>()(openMappedRing(mapped.handle))
// @ts-expect-error: between processes the order is always that of a lock
createMappedRing({ size: 4096, reservations: 'claim' })
// @ts-expect-error: fail or open
createMappedRing({ size: 4096, ifExists: 'replace' })
// @ts-expect-error: read or read-write
openMappedRing('events', { access: 'write' })
// @ts-expect-error: a handle of this kind of ring
openMappedRing({ type: 'bpf-ringbuf', fd: 3 })
