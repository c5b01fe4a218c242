import { E2BIG } from '../abi/errno.js'
import { IO_BYTES, type KernelCalls, STRUCT_AT } from './kernel-calls.js'
import type { ProcessCalls } from './system.js'

export function processCalls(kernel: KernelCalls): ProcessCalls {
  const { bytes, structAddress } = kernel
  return {
    pidfdOpen: (pid) => kernel.call('pidfd_open', pid),
    pidfdGetfd: (pidfd, fd) => kernel.call('pidfd_getfd', pidfd, fd),
    pidfdSendSignal: (pidfd, signal) => kernel.call('pidfd_send_signal', pidfd, signal),
    processId: () => kernel.call('getpid'),
    threadId: () => kernel.call('gettid'),
    perfEventOpen(attributes, pid, cpu, flags) {
      if (attributes.length > IO_BYTES) return -E2BIG
      bytes.set(attributes, STRUCT_AT)
      return kernel.call('perf_event_open', structAddress, pid, cpu, -1, flags)
    },
    setsockopt(fd, level, option, value) {
      kernel.data.setInt32(STRUCT_AT, value, true)
      return kernel.call('setsockopt', fd, level, option, structAddress, 4)
    },
    bpf(command, attributes) {
      if (attributes.length > IO_BYTES) return -E2BIG
      bytes.set(attributes, STRUCT_AT)
      const answer = kernel.call('bpf', command, structAddress, attributes.length)
      attributes.set(bytes.subarray(STRUCT_AT, STRUCT_AT + attributes.length))
      return answer
    },
  }
}
