/**
 * Binds the calling JavaScript thread to one cpu, so that producer and consumer do not share or swap them.
 *
 * Node has no call for it; the thread finds its own number in /proc and asks taskset(1). V8's helper threads
 * (compiler, garbage collector) stay free.
 */
import { execFileSync } from 'node:child_process'
import { readlinkSync } from 'node:fs'

/** The same cpus that the native programs use. */
export const PRODUCER_CPU = 0
export const CONSUMER_CPU = 1

/** False where that cannot be done: the run then goes on unpinned, and says so. */
export function pinThisThread(cpu: number): boolean {
  try {
    const thread = readlinkSync('/proc/thread-self').split('/').at(-1) ?? ''
    execFileSync('taskset', ['-cp', String(cpu), thread], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
