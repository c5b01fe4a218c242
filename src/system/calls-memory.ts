import type { KernelCalls } from './kernel-calls.js'
import type { MemoryCalls } from './system.js'

export function memoryCalls(kernel: KernelCalls): MemoryCalls {
  const { backend } = kernel
  return {
    mmap: (address, bytes, protection, flags, fd, offset) =>
      kernel.call('mmap', address, bytes, protection, flags, fd, offset),
    mprotect: (address, bytes, protection) => kernel.call('mprotect', address, bytes, protection),
    munmap: (address, bytes) => kernel.call('munmap', address, bytes),
    view: (address, bytes) => backend.view(address, bytes),
    addressOf: (bytes) => backend.addressOf(new Uint8Array(bytes.buffer)) + bytes.byteOffset,
  }
}
