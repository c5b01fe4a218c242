import { openConsumer } from 'bpf-ringbuf'
import {
  attachRawTracepoint,
  createMap,
  createRingMap,
  loadProgram,
  openKernelRing,
  readKernelTypes,
} from 'bpf-ringbuf/kernel'
import { KINDS, type ProcessEvent, readEvent } from './event.js'
import { TRACEPOINTS, traceProgram } from './programs.js'

/** Processes of the whole machine, as they begin, change and end: one ring for all processors, in one order. */
export interface Tracer {
  /** Events as they come, until the signal. */
  events(signal: AbortSignal): AsyncIterable<ProcessEvent>
  /** Events that found no room in the ring so far. */
  lost(): number
  close(): void
}

/** @throws RingbufError as the kernel refuses; what was opened until then is closed */
export function openTracer(ringSize: number): Tracer {
  const opened: { close(): void }[] = []
  const keep = <T extends { close(): void }>(one: T): T => {
    opened.push(one)
    return one
  }
  const close = () => {
    for (const one of opened.splice(0).reverse()) one.close()
  }
  try {
    const types = readKernelTypes()
    const events = keep(createRingMap({ size: ringSize, name: 'ringbuf_trace' }))
    const lost = keep(createMap({ type: 'percpu_array', valueSize: 8, maxEntries: 1, name: 'ringbuf_lost' }))
    const ring = keep(openKernelRing(events))
    const consumer = openConsumer(ring)
    for (const kind of KINDS) {
      const program = keep(
        loadProgram({
          type: 'raw_tracepoint',
          name: `trace_${kind}`,
          license: 'Dual MIT/GPL',
          program: traceProgram(kind, types),
          maps: { events, lost },
        }),
      )
      keep(attachRawTracepoint(program, TRACEPOINTS[kind]))
    }
    return {
      async *events(signal) {
        for (;;) {
          try {
            await consumer.waitAsync({ signal })
          } catch (error) {
            if (signal.aborted) return
            throw error
          }
          for (const record of consumer) {
            const event = readEvent(record)
            if (event) yield event
          }
        }
      },
      lost() {
        const value = lost.lookup(new Uint8Array(4))
        return Array.from(new BigUint64Array(value?.buffer ?? new ArrayBuffer(0))).reduce(
          (sum, count) => sum + Number(count),
          0,
        )
      },
      close,
    }
  } catch (error) {
    close()
    throw error
  }
}
