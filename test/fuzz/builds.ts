import { BPF_F_RB_OVERWRITE, type CreateRingOptions } from 'bpf-ringbuf'
import { BUILDS, type Build, ENGINES, MAPPED_BUILDS } from '../ring/support/builds.js'

/** A build, and what its rings are made with besides. */
export interface FuzzBuild extends Build {
  readonly options: Partial<CreateRingOptions>
}

const LOCKED: readonly Build[] = [
  ...ENGINES.map((engine) => ({ name: `${engine}, lock`, engine, reservations: 'lock' as const })),
  ...MAPPED_BUILDS,
]
const CLAIMED: readonly Build[] = ENGINES.map((engine) => ({
  name: `${engine}, claim`,
  engine,
  reservations: 'claim' as const,
}))
/** Owners are what makes a ring between processes recoverable. */
const RECOVERABLE = { recoverable: true, owners: true }

/** Every way a ring can be made that changes what its words mean. */
export const FUZZ_BUILDS: readonly FuzzBuild[] = [
  ...variants(BUILDS, '', {}),
  ...variants(CLAIMED, ', lost records', { lostRecords: true, owners: true }),
  ...variants(LOCKED, ', overwrite', { flags: BPF_F_RB_OVERWRITE }),
  ...variants(LOCKED, ', recoverable', RECOVERABLE),
  ...variants(LOCKED, ', recoverable overwrite', { ...RECOVERABLE, flags: BPF_F_RB_OVERWRITE }),
  ...variants(LOCKED, ', recoverable, lost records', { ...RECOVERABLE, lostRecords: true }),
]

function variants(
  builds: readonly Build[],
  suffix: string,
  options: Partial<CreateRingOptions>,
): readonly FuzzBuild[] {
  return builds.map((build) => ({ ...build, name: build.name + suffix, options }))
}
