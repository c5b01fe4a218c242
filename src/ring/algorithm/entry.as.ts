// What the WebAssembly build exports: the algorithm with its view filled in.
// AssemblyScript, not TypeScript: tsc never sees this file.

import { EAGAIN } from './constants'
import * as closing from './producer-position'
import * as commits from './commit'
import * as consuming from './consume'
import * as control from './control'
import * as journals from './journal'
import * as locking from './lock'
import * as overwriting from './overwrite'
import * as recovering from './recover'
import * as reserving from './reserve'
import * as room from './room'
import * as sleeping from './sleep'

export { bePatient, configure, evidence, found, reason, useSlot } from './words'

export function prepare(): void { control.prepare(0) }
export function reserve(sizeBytes: u32, flags: u32, patience: u32): u32 { return reserving.reserve(0, sizeBytes, flags, patience) }
export function reserveBatch(records: u32, sizeBytes: u32, patience: u32): u32 { return reserving.reserveBatch(0, records, sizeBytes, patience) }
export function reserveRegion(records: u32, length: u32, patience: u32): u32 { return reserving.reserveRegion(0, records, length, patience) }
export function commit(address: u32, flags: u32, discard: u32): i32 { return commits.commit(0, address, flags, discard) }
export function commitBatch(address: u32, records: u32, sizeBytes: u32, flags: u32, discard: u32): i32 { return commits.commitBatch(0, address, records, sizeBytes, flags, discard) }
export function commitRegion(address: u32, records: u32, firstBytes: u32, payloadBytes: u32, flags: u32, discard: u32): i32 { return commits.commitRegion(0, address, records, firstBytes, payloadBytes, flags, discard) }
// Reserve, copy and submit with one call: what is copied must lie in this memory.
export function output(source: u32, sizeBytes: u32, flags: u32, patience: u32): i32 {
  const address = reserving.reserve(0, sizeBytes, 0, patience)
  if (address == 0) return -EAGAIN
  memory.copy(address, source, sizeBytes)
  return commits.commit(0, address, flags, 0)
}
export function splitOff(address: u32, sizeBytes: u32, discard: u32): u32 { return commits.splitOff(0, address, sizeBytes, discard) }
export function nextAddress(address: u32, sizeBytes: u32): u32 { return commits.nextAddress(0, address, sizeBytes) }
export function refreshLimit(from: u32): bool { return consuming.refreshLimit(0, from, 0) }
export function scan(from: u32, records: u32): u32 { return consuming.scan(0, from, records) }
export function finishRelease(): bool { return consuming.finishRelease(0) }
export function isReady(position: u32): bool { return consuming.isReady(0, position) }
export function release(from: u32, to: u32, consumed: u32, skipped: u32): void { consuming.release(0, from, to, consumed, skipped) }
export function fallAsleep(position: u32): bool { return sleeping.fallAsleep(0, position) }
export function wakeUp(): u32 { return sleeping.wakeUp(0) }
export function hasRoom(sizeBytes: u32): bool { return room.hasRoom(0, sizeBytes) }
export function roomSequence(): u32 { return room.roomSequence(0) }
export function awaitRoom(sizeBytes: u32): bool { return room.awaitRoom(0, sizeBytes) }
export function isClosed(): bool { return closing.isClosed(0) }
export function isFinished(position: u32): bool { return closing.isFinished(0, position) }
export function query(flag: u32): u32 { return control.query(0, flag) }
export function close(patience: u32): bool { return control.close(0, patience) }
export function countBusy(): u32 { return control.countBusy(0) }
export function fallAsleepForMore(position: u32, bytes: u32, records: u32): u32 { return sleeping.fallAsleepForMore(0, position, bytes, records) }
export function hasEnough(position: u32, bytes: u32, records: u32): bool { return sleeping.hasEnough(0, position, bytes, records) }
export function awaitConsumer(target: u32): bool { return room.awaitConsumer(0, target) }
export function takeLossFlag(): bool { return consuming.takeLossFlag(0) }
export function tally(counter: u32, amount: u32): void { consuming.tally(0, counter, amount) }
export function wakeSleeper(): bool { return control.wakeSleeper(0) }
export function committedEnd(): u32 { return control.committedEnd(0) }
export function survey(): bool { return overwriting.survey(0) }
export function committedBefore(): u32 { return overwriting.committedBefore(0) }
export function advanceTo(position: u32, rounds: u32, consumed: u32, skipped: u32): void { overwriting.advanceTo(0, position, rounds, consumed, skipped) }
export function arm(): void { sleeping.arm(0) }
export function isReadable(position: u32): bool { return sleeping.isReadable(0, position) }
export function lock(patience: u32): bool { return locking.lock(0, patience) }
export function seizeLock(seen: u32): bool { return recovering.seizeLock(0, seen) }
export function endRecovery(): void { recovering.endRecovery(0) }
export function recoverSlot(slot: u32, owner: u32, ended: bool): bool { return recovering.recoverSlot(0, slot, owner, ended) }
export function finishPromise(): void { journals.finishPromise(0) }
