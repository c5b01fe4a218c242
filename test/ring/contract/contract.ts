import { describe } from 'node:test'
import type { CreateRingOptions } from 'bpf-ringbuf'
import type { Build } from '../support/builds.js'
import { Rig } from '../support/rig.js'
import { batches } from './batches.js'
import { claims } from './claims.js'
import { closing } from './closing.js'
import { commit } from './commit.js'
import { consuming } from './consuming.js'
import { counting } from './counting.js'
import { flags } from './flags.js'
import { headers } from './headers.js'
import { order } from './order.js'
import { pacing } from './pacing.js'
import { pending } from './pending.js'
import { records } from './records.js'
import { sizes } from './sizes.js'
import { waiting } from './waiting.js'
import { wrap } from './wrap.js'

/** Makes a ring of the build under test, and its ends: of one page, if not told otherwise. */
export type MakeRig = (options?: Partial<CreateRingOptions>) => Rig

/**
 * What every ring promises, whatever is behind it. The suite defines the interface: a build that passes
 * is a ring, and one that needs an exception is none.
 */
export function ringContract(build: Build): void {
  const make: MakeRig = (options) => new Rig(build, options)
  describe(build.name, () => {
    describe('sizes', () => sizes(make))
    describe('headers', () => headers(make))
    describe('order', () => order(make))
    describe('commit', () => commit(make))
    describe('flags', () => flags(make))
    describe('wrap', () => wrap(make))
    describe('batches', () => batches(make))
    describe('closing', () => closing(make))
    describe('counting', () => counting(make))
    describe('consuming', () => consuming(make))
    describe('pacing', () => pacing(make))
    describe('records', () => records(make))
    describe('waiting', () => waiting(make, build.engine))
    // The two orders differ in one thing that can be seen: how they know what memory is free.
    if (build.reservations === 'lock') describe('pending position', () => pending(make))
    else describe('free memory', () => claims(make))
  })
}
