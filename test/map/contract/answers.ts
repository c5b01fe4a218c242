/**
 * What each type of map answers to each operation, as Linux 6.18 does. It was measured, and is the law for every
 * implementation. Rows are situations (situations.ts): a map of four entries, of whose keys 0 and 1 are `taken`, 2 and
 * 3 are `free`, and 9 is `beyond` what an array has room for; of a map without keys all three are null.
 *
 *   bytes, none     a value or key, or undefined
 *   yes, no         true, false
 *   a number        of entries in a batch, or done by one
 *   done            nothing, but it was done
 *   argument        ERR_INVALID_ARGUMENT: no map is asked
 *   anything else   ERR_MAP_OPERATION, by its errno; behind a slash, how many a batch had done before
 */
import type { SpecType } from 'bpf-ringbuf/map'

/** Types that answer alike. */
export const COLUMNS: Readonly<Record<string, readonly SpecType[]>> = {
  rings: ['ringbuf', 'user_ringbuf'],
  arrays: ['array', 'percpu_array'],
  hashes: ['hash', 'percpu_hash'],
  lru: ['lru_hash'],
  lists: ['queue', 'stack'],
  array_of_maps: ['array_of_maps'],
  hash_of_maps: ['hash_of_maps'],
  perf_event_array: ['perf_event_array'],
}

const TABLE = `
situation                          rings     arrays    hashes    lru       lists     array_of_maps  hash_of_maps  perf_event_array
lookup null                        ENOTSUPP  argument  argument  argument  bytes     argument       argument      argument
lookup short                       argument  argument  argument  argument  argument  argument       argument      argument
lookup taken                       ENOTSUPP  bytes     bytes     bytes     bytes     bytes          bytes         ENOTSUPP
lookup free                        ENOTSUPP  bytes     none      none      bytes     none           none          ENOTSUPP
lookup beyond                      ENOTSUPP  none      none      none      bytes     none           none          ENOTSUPP
lookupAndDelete null               ENOTSUPP  argument  argument  argument  bytes     argument       argument      argument
lookupAndDelete short              argument  argument  argument  argument  argument  argument       argument      argument
lookupAndDelete taken              ENOTSUPP  ENOTSUPP  bytes     bytes     bytes     ENOTSUPP       ENOTSUPP      ENOTSUPP
lookupAndDelete free               ENOTSUPP  ENOTSUPP  none      none      bytes     ENOTSUPP       ENOTSUPP      ENOTSUPP
lookupAndDelete beyond             ENOTSUPP  ENOTSUPP  none      none      bytes     ENOTSUPP       ENOTSUPP      ENOTSUPP
delete null                        ENOTSUPP  argument  argument  argument  EINVAL    argument       argument      argument
delete short                       argument  argument  argument  argument  argument  argument       argument      argument
delete taken                       ENOTSUPP  EINVAL    yes       yes       EINVAL    yes            yes           no
delete free                        ENOTSUPP  EINVAL    no        no        EINVAL    no             no            no
delete beyond                      ENOTSUPP  EINVAL    no        no        EINVAL    E2BIG          no            E2BIG
nextKey null                       ENOTSUPP  bytes     bytes     bytes     EINVAL    bytes          bytes         bytes
nextKey short                      argument  argument  argument  argument  argument  argument       argument      argument
nextKey free                       ENOTSUPP  bytes     bytes     bytes     EINVAL    bytes          bytes         bytes
nextKey beyond                     ENOTSUPP  bytes     bytes     bytes     EINVAL    bytes          bytes         bytes
update any null                    ENOTSUPP  argument  argument  argument  yes       argument       argument      argument
update any short                   argument  argument  argument  argument  argument  argument       argument      argument
update any taken                   ENOTSUPP  yes       yes       yes       yes       yes            yes           EBADF
update any free                    ENOTSUPP  yes       yes       yes       yes       yes            yes           EBADF
update any beyond                  ENOTSUPP  E2BIG     yes       yes       yes       E2BIG          yes           E2BIG
update any full                    ENOTSUPP  E2BIG     E2BIG     yes       E2BIG     E2BIG          E2BIG         E2BIG
update noexist null                ENOTSUPP  argument  argument  argument  EINVAL    argument       argument      argument
update noexist short               argument  argument  argument  argument  argument  argument       argument      argument
update noexist taken               ENOTSUPP  no        no        no        EINVAL    EINVAL         no            EINVAL
update noexist free                ENOTSUPP  no        yes       yes       EINVAL    EINVAL         yes           EINVAL
update noexist beyond              ENOTSUPP  E2BIG     yes       yes       EINVAL    EINVAL         yes           EINVAL
update noexist full                ENOTSUPP  E2BIG     E2BIG     yes       EINVAL    EINVAL         E2BIG         EINVAL
update exist null                  ENOTSUPP  argument  argument  argument  yes       argument       argument      argument
update exist short                 argument  argument  argument  argument  argument  argument       argument      argument
update exist taken                 ENOTSUPP  yes       yes       yes       yes       EINVAL         yes           EINVAL
update exist free                  ENOTSUPP  yes       no        no        yes       EINVAL         no            EINVAL
update exist beyond                ENOTSUPP  E2BIG     no        no        yes       EINVAL         no            EINVAL
update exist full                  ENOTSUPP  E2BIG     no        no        yes       EINVAL         no            EINVAL
update short value                 argument  argument  argument  argument  argument  argument       argument      argument
lookupBatch                        ENOTSUPP  4         2         2         ENOTSUPP  2              2             ENOTSUPP
lookupAndDeleteBatch               ENOTSUPP  ENOTSUPP  2         2         ENOTSUPP  ENOTSUPP       2             ENOTSUPP
updateBatch any taken              ENOTSUPP  2         2         2         ENOTSUPP  2              2             ENOTSUPP
updateBatch any free               ENOTSUPP  2         2         2         ENOTSUPP  2              2             ENOTSUPP
updateBatch any taken, beyond      ENOTSUPP  E2BIG/1   2         2         ENOTSUPP  E2BIG/1        2             ENOTSUPP
updateBatch noexist taken          ENOTSUPP  0         0         0         ENOTSUPP  EINVAL         0             ENOTSUPP
updateBatch noexist free           ENOTSUPP  0         2         2         ENOTSUPP  EINVAL         2             ENOTSUPP
updateBatch noexist taken, beyond  ENOTSUPP  0         0         0         ENOTSUPP  EINVAL         0             ENOTSUPP
updateBatch exist taken            ENOTSUPP  2         2         2         ENOTSUPP  EINVAL         2             ENOTSUPP
updateBatch exist free             ENOTSUPP  2         0         0         ENOTSUPP  EINVAL         0             ENOTSUPP
updateBatch exist taken, beyond    ENOTSUPP  E2BIG/1   1         1         ENOTSUPP  EINVAL         1             ENOTSUPP
updateBatch none                   ENOTSUPP  0         0         0         ENOTSUPP  0              0             ENOTSUPP
deleteBatch taken                  ENOTSUPP  ENOTSUPP  2         2         ENOTSUPP  ENOTSUPP       2             ENOTSUPP
deleteBatch taken, beyond          ENOTSUPP  ENOTSUPP  1         1         ENOTSUPP  ENOTSUPP       1             ENOTSUPP
deleteBatch none                   ENOTSUPP  ENOTSUPP  0         0         ENOTSUPP  ENOTSUPP       0             ENOTSUPP
freeze                             done      done      done      done      done      done           done          done
frozen: freeze                     EPERM     EPERM     EPERM     EPERM     EPERM     EPERM          EPERM         EPERM
frozen: lookup taken               ENOTSUPP  bytes     bytes     bytes     bytes     bytes          bytes         ENOTSUPP
frozen: nextKey null               ENOTSUPP  bytes     bytes     bytes     EINVAL    bytes          bytes         bytes
frozen: lookupBatch                ENOTSUPP  4         2         2         ENOTSUPP  2              2             ENOTSUPP
frozen: update any taken           EPERM     EPERM     EPERM     EPERM     EPERM     EPERM          EPERM         EPERM
frozen: update any short           argument  argument  argument  argument  argument  argument       argument      argument
frozen: delete taken               EPERM     EPERM     EPERM     EPERM     EPERM     EPERM          EPERM         EPERM
frozen: lookupAndDelete taken      EPERM     EPERM     EPERM     EPERM     EPERM     EPERM          EPERM         EPERM
frozen: lookupAndDeleteBatch       EPERM     EPERM     EPERM     EPERM     EPERM     EPERM          EPERM         EPERM
frozen: updateBatch any taken      EPERM     EPERM     EPERM     EPERM     EPERM     EPERM          EPERM         EPERM
frozen: deleteBatch taken          EPERM     EPERM     EPERM     EPERM     EPERM     EPERM          EPERM         EPERM
`

/** Cells are two spaces apart, at least; situations have single ones. */
const [[, ...columns] = [], ...rows] = TABLE.trim()
  .split('\n')
  .map((line) => line.split(/ {2,}/))

/** By type, then by situation. */
export const ANSWERS: ReadonlyMap<SpecType, ReadonlyMap<string, string>> = new Map(
  columns.flatMap((column, i) =>
    typesOf(column).map((type) => [
      type,
      new Map(rows.map(([situation = '', ...answers]) => [situation, answers[i] ?? ''])),
    ]),
  ),
)

function typesOf(column: string): readonly SpecType[] {
  const types = COLUMNS[column]
  if (!types) throw new Error(`there are no types '${column}'`)
  return types
}
