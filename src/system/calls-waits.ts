import { EINTR, EINVAL, ETIMEDOUT } from '../abi/errno.js'
import { IO_BYTES, type KernelCalls, STRUCT_AT } from './kernel-calls.js'
import { inSlices } from './slices.js'
import type { WaitCalls } from './system.js'

/** Both mean the same bits for eventfd and epoll_create1 as for open. */
const CLOEXEC = 0o2000000
const NONBLOCK = 0o4000
/** Without FUTEX_PRIVATE_FLAG: sleepers and wakers may be of several processes. */
const FUTEX_WAIT = 0
const FUTEX_WAKE = 1

/** struct pollfd: fd i32, events i16, found i16. It follows the timespec. */
const POLLFD_BYTES = 8
const POLLFDS_AT = STRUCT_AT + 16
const POLLFDS_MOST = (IO_BYTES - 16) / POLLFD_BYTES

/** struct futex_waitv: value u64, address u64, flags u32, zero u32. It follows the timespec. */
const WAITV_BYTES = 24
const WAITVS_AT = STRUCT_AT + 16
/** The kernel's own limit. */
export const FUTEXES_MOST = 128
/** A word of 32 bits, and not of this process alone. */
const FUTEX2_SIZE_U32 = 2
const CLOCK_MONOTONIC = 1

export function waitCalls(kernel: KernelCalls): WaitCalls {
  const { data, structAddress } = kernel
  const event = epollEvent(kernel.architecture)
  return {
    eventfd: (initial, flags = CLOEXEC | NONBLOCK) => kernel.call('eventfd2', initial, flags),
    eventfdWrite(fd, value) {
      data.setBigUint64(STRUCT_AT, BigInt(value), true)
      return Math.min(kernel.call('write', fd, structAddress, 8), 0)
    },
    eventfdRead(fd) {
      const answer = kernel.call('read', fd, structAddress, 8)
      return answer < 0 ? answer : Number(data.getBigUint64(STRUCT_AT, true))
    },
    epollCreate: () => kernel.call('epoll_create1', CLOEXEC),
    epollControl(epoll, operation, fd, events, tag) {
      data.setUint32(STRUCT_AT, events, true)
      data.setBigUint64(STRUCT_AT + event.tagAt, BigInt(tag), true)
      return kernel.call('epoll_ctl', epoll, operation, fd, structAddress)
    },
    epollWait(epoll, ready, limit) {
      const most = Math.min(ready.length >> 1, Math.floor(IO_BYTES / event.bytes))
      const count = inSlices(
        limit,
        // The kernel counts whole milliseconds; waking early would make the last slice a busy loop.
        (ms) => unlessNothing(kernel.call('epoll_pwait', epoll, structAddress, most, Math.ceil(ms)), 0),
        0,
      )
      for (let i = 0; i < count; i++) {
        ready[2 * i] = data.getUint32(STRUCT_AT + i * event.bytes, true)
        ready[2 * i + 1] = data.getUint32(STRUCT_AT + i * event.bytes + event.tagAt, true)
      }
      return count
    },
    poll(items, limit) {
      if (items.length > POLLFDS_MOST) return -EINVAL
      items.forEach(({ fd, events }, i) => {
        data.setInt32(POLLFDS_AT + i * POLLFD_BYTES, fd, true)
        data.setUint32(POLLFDS_AT + i * POLLFD_BYTES + 4, events & 0xffff, true)
      })
      const count = inSlices(
        limit,
        (ms) => {
          kernel.timespec(ms)
          return unlessNothing(kernel.call('ppoll', structAddress + 16, items.length, structAddress), 0)
        },
        0,
      )
      items.forEach((item, i) => {
        item.found = count > 0 ? data.getUint16(POLLFDS_AT + i * POLLFD_BYTES + 6, true) : 0
      })
      return count
    },
    futexWait: (address, value, limit) =>
      inSlices(
        limit,
        (ms) => {
          kernel.timespec(ms)
          return unlessNothing(kernel.call('futex', address, FUTEX_WAIT, value, structAddress), -ETIMEDOUT)
        },
        -ETIMEDOUT,
      ),
    futexWaitAny(words, limit) {
      if (words.length > FUTEXES_MOST) return -EINVAL
      words.forEach(({ address, value }, i) => {
        const at = WAITVS_AT + i * WAITV_BYTES
        data.setBigUint64(at, BigInt(value >>> 0), true)
        data.setBigUint64(at + 8, BigInt(address), true)
        data.setBigUint64(at + 16, BigInt(FUTEX2_SIZE_U32), true)
      })
      return inSlices(
        limit,
        (ms) => {
          const wrong = monotonicIn(kernel, ms)
          if (wrong < 0) return wrong
          const [list, time] = [structAddress + 16, structAddress]
          const answer = kernel.call('futex_waitv', list, words.length, 0, time, CLOCK_MONOTONIC)
          return unlessNothing(answer, -ETIMEDOUT)
        },
        -ETIMEDOUT,
      )
    },
    futexWake: (address, sleepers) => kernel.call('futex', address, FUTEX_WAKE, sleepers),
  }
}

/** Writes the moment so many milliseconds from now to the start of the structure. */
function monotonicIn(kernel: KernelCalls, ms: number): number {
  const answer = kernel.call('clock_gettime', CLOCK_MONOTONIC, kernel.structAddress)
  if (answer < 0) return answer
  const seconds = Number(kernel.data.getBigInt64(STRUCT_AT, true))
  const nanoseconds = Number(kernel.data.getBigInt64(STRUCT_AT + 8, true))
  kernel.timespec(seconds * 1000 + nanoseconds / 1e6 + ms)
  return 0
}

/** An answer, unless the slice is over (which the call says by `over`), or a signal came. */
function unlessNothing(answer: number, over: number): number | undefined {
  return answer === over || answer === -EINTR ? undefined : answer
}

/** struct epoll_event: events u32, tag u64; packed on x86-64, aligned elsewhere. */
function epollEvent(architecture: string): { readonly bytes: number; readonly tagAt: number } {
  return architecture === 'x64' ? { bytes: 12, tagAt: 4 } : { bytes: 16, tagAt: 8 }
}
