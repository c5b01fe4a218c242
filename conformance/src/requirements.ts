/**
 * What is asked of a BPF ring buffer: Linux's Documentation/bpf/ringbuf.rst, then the descriptions of its helpers (R41
 * to R46), one requirement each, in words of our own.
 */
export interface Requirement {
  readonly what: string
  /** What of it cases cannot see, and why. Without cases it is all of it. */
  readonly unseen?: string
}

const ONE_AT_A_TIME = 'operations come one after the other, so nobody is in the way of anybody'

export const REQUIREMENTS: Readonly<Record<string, Requirement>> = {
  R1: { what: 'many producers share one ring, and events keep their order', unseen: 'several processors' },
  R2: {
    what: 'one ring for many producers and one consumer does both at once',
    unseen: 'how much memory it saves',
  },
  R3: { what: 'one ring is one map of its type' },
  R4: {
    what: 'a ring is no array of rings: maps of maps are there for that',
    unseen: 'that the other design was turned down',
  },
  R5: { what: 'it is a map, but without lookup, update and delete' },
  R6: { what: 'as a map it can be made, inspected and used like others', unseen: 'tools that show maps' },
  R7: { what: 'arrays and hashes of maps hold rings', unseen: 'which ring a program picks' },
  R8: { what: 'key and value have no size' },
  R9: { what: 'max_entries is the size, a power of two, of whole pages' },
  R10: { what: 'records have any length' },
  R11: { what: 'where there is no room a reservation fails, and never blocks' },
  R12: { what: 'the data can be mapped into a process' },
  R13: { what: 'epoll tells of new data' },
  R14: { what: 'one can poll without sleeping', unseen: 'how fast that is' },
  R15: { what: 'output copies bytes into the ring' },
  R16: { what: 'reserve, then submit or discard; discarded records are not shown' },
  R17: { what: 'output takes lengths that are known only when it runs', unseen: 'what the copy costs' },
  R18: { what: 'a reserved record is written in place, and its size is known before' },
  R19: { what: 'output does what reserve cannot', unseen: 'that it is a little slower' },
  R20: { what: 'discard only marks a record; all or nothing, and memory for a while' },
  R21: { what: 'no program can forget a record that it has reserved' },
  R22: { what: 'a producer can ask for available bytes, size, and both positions' },
  R23: { what: 'what it is answered is of the moment', unseen: ONE_AT_A_TIME },
  R24: { what: 'by that, and by flags, it can tell of many records at once' },
  R25: { what: 'who leaves it to the ring is served well', unseen: 'how well' },
  R26: {
    what: 'producers hold records at the same time, and do not block each other',
    unseen: ONE_AT_A_TIME,
  },
  R27: {
    what: 'in an NMI a reservation may fail though there is room',
    unseen: 'no plug-in can make an NMI that comes while the lock is held',
  },
  R28: { what: 'the size is a power of two, and two positions only grow' },
  R29: { what: 'the consumer position: up to where data was consumed' },
  R30: { what: 'the producer position: up to where data was reserved' },
  R31: { what: 'a reservation moves it, and makes nothing visible' },
  R32: { what: 'a header of 8 bytes has length, busy bit and discard bit' },
  R33: { what: 'and tells in pages how far the ring is: a record is all that a commit needs' },
  R34: { what: 'reservations are in one strict order', unseen: ONE_AT_A_TIME },
  R35: { what: 'commits need no lock, and do not depend on each other', unseen: 'that there is no lock' },
  R36: { what: 'records become visible in that order, and a busy one holds off those behind it' },
  R37: { what: 'the data is mapped twice: no record is torn by the end' },
  R38: { what: 'a commit wakes only a consumer that has caught up with its record' },
  R39: { what: 'so one need not tell of every nth record only', unseen: 'how fast that is' },
  R40: { what: 'NO_WAKEUP and FORCE_WAKEUP decide instead' },
  R41: { what: 'a consumer that has consumed everything is told, one that has not is not' },
  R42: { what: 'reserve takes no flags; submit and discard always succeed' },
  R43: { what: 'a record that was discarded without a wake-up may hide the next one' },
  R44: { what: 'a query that nobody knows is answered 0' },
  R45: { what: 'by dynptr: submit or discard must follow, also where reserve failed' },
  R46: {
    what: 'a program drains the user ring: how many samples, and which errors',
    unseen: 'two that drain at once',
  },
}
