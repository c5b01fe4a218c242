/** A worker thread of the demo: lists directories, hashes files, and puts one record a file into the ring. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { attachRing, openProducer } from 'bpf-ringbuf'
import { systemReason } from '../system-error.js'
import { type BytePath, joinPath, toText } from './byte-path.js'
import {
  BYTES_OFFSET,
  DIGEST_OFFSET,
  PATH_OFFSET,
  pathField,
  SEQUENCE_OFFSET,
  WORKER_OFFSET,
} from './file-record.js'
import { hashFile, INTERRUPTED } from './hash-file.js'
import { listDirectory } from './list-directory.js'
import { type Answer, newAccount, type Order, type WorkerData } from './messages.js'

/** Of the problems, so many are told; all are counted. */
const MOST_PROBLEMS = 10

const { handle, worker, root } = workerData as WorkerData
const port = parentPort as MessagePort
const ring = attachRing(handle)
const producer = openProducer(ring)
const memory = producer.memory
const account = newAccount()
let problems: string[] = []
let problemsTold = 0

port.on('message', (order: Order) => {
  if (order.kind === 'end') {
    producer.detach()
    port.close()
    return
  }
  const listing = order.kind === 'list' ? list(order.directory) : undefined
  if (order.kind === 'hash') {
    for (const name of order.names) {
      if (ring.closed) break
      sendFile(joinPath(order.directory, name))
    }
  }
  const answer: Answer = { account, problems, ...(listing && { listing }) }
  problems = []
  port.postMessage(answer)
})

function list(directory: BytePath): Answer['listing'] {
  try {
    const listing = listDirectory(joinPath(root, directory))
    account.directories++
    account.symlinks += listing.symlinks
    account.special += listing.special
    return { ...listing, directory }
  } catch (error) {
    account.unreadableDirectories++
    tellProblem(directory, systemReason(error))
    return undefined
  }
}

/**
 * One file, one record. The record is reserved before the file is read, as a BPF program does: its place
 * in the order is when the work began, and a file that cannot be read gives its place up again.
 */
function sendFile(path: BytePath): void {
  const field = pathField(path)
  const address = reserve(PATH_OFFSET + field.length)
  if (address === 0) return
  let readable = false
  try {
    const hashed = hashFile(joinPath(root, path), () => ring.closed)
    if (!hashed.ok) {
      if (hashed.reason !== INTERRUPTED) tellProblem(path, hashed.reason)
      return
    }
    memory.u32[(address + SEQUENCE_OFFSET) >>> 2] = account.submitted
    memory.u32[(address + WORKER_OFFSET) >>> 2] = worker
    memory.f64[(address + BYTES_OFFSET) >>> 3] = hashed.bytes
    memory.u8.set(hashed.digest, address + DIGEST_OFFSET)
    memory.u8.set(field, address + PATH_OFFSET)
    account.bytes += hashed.bytes
    readable = true
  } finally {
    // Also when something unforeseen is thrown: a record that stays reserved stops the consumer for ever.
    if (readable) producer.submit(address)
    else producer.discard(address)
    if (readable) account.submitted++
    else account.discarded++
  }
}

/** Address of a reserved record; waits while the ring is full. 0 when the ring was closed. */
function reserve(sizeBytes: number): number {
  for (;;) {
    const address = producer.reserve(sizeBytes)
    if (address !== 0 || producer.reason !== 'full') return address
    account.failedReservations++
    if (!producer.waitForRoom(sizeBytes)) return 0
  }
}

function tellProblem(path: BytePath, reason: string): void {
  if (problemsTold++ < MOST_PROBLEMS) problems.push(`${toText(joinPath(root, path))}: ${reason}`)
}
