# The ring in the other direction: a process produces, and a program drains.

case   a user ring that is empty: nothing is drained
covers R46
needs  user-ring
  user-create 4096
  drain all          -> 0

case   what was submitted is drained, once
covers R46
needs  user-ring
  user-create 4096
  user-reserve a 8
  user-submit a
  user-reserve a 100
  user-submit a
  drain all          -> 2
  drain all          -> 0

case   draining ends at a busy record
covers R46
needs  user-ring
  user-create 4096
  user-reserve a 8
  user-reserve b 8
  user-reserve c 8
  user-submit a
  user-submit c
  drain all          -> 1
  user-submit b
  drain all          -> 2

case   discarded records are passed over, and do not count
covers R46
needs  user-ring
  user-create 4096
  user-reserve a 8
  user-reserve b 8
  user-reserve c 8
  user-discard a
  user-submit b
  user-discard c
  drain all          -> 1

case   a program that wants no more gets no more
covers R46
needs  user-ring
  user-create 4096
  user-reserve a 8
  user-reserve b 8
  user-submit a
  user-submit b
  drain one          -> 1
  drain one          -> 1
  drain one          -> 0

case   drain takes the wake-up flags, and no others
covers R46
needs  user-ring
  user-create 4096
  drain all flags 1  -> 0
  drain all flags 2  -> 0
  drain all flags 3  -> 0
  drain all flags 4  -> EINVAL
  drain all flags 8  -> EINVAL

case   a user ring can be filled to its last byte
covers R46
needs  user-ring
  user-create 4096
  user-reserve a 4089 -> E2BIG
  user-reserve a 4088
  user-reserve b 0   -> ENOSPC
  user-submit a
  drain all          -> 1
  user-reserve b 4088

case   what is drained is free again
covers R46
needs  user-ring
  user-create 4096
  user-reserve a 2040
  user-reserve b 2040
  user-reserve c 8   -> ENOSPC
  user-submit a
  user-submit b
  drain one          -> 1
  user-reserve c 2040
  user-submit c
  drain all          -> 2

case   a record of no bytes is drained like others
covers R46
needs  user-ring
  user-create 4096
  user-reserve a 0
  user-submit a
  drain all          -> 1

case   who drains something wakes who waits for room
covers R46
needs  user-ring
  user-create 4096
  user-reserve a 8
  user-submit a
  drain all          -> 1 wake
  drain all          -> 0 quiet

case   no-wakeup drains without waking
covers R46
needs  user-ring
  user-create 4096
  user-reserve a 8
  user-submit a
  drain all no-wakeup -> 1 quiet

case   force-wakeup wakes though nothing was drained
covers R46
needs  user-ring
  user-create 4096
  drain all force-wakeup -> 0 wake
  drain all both     -> 0 wake

case   to pass over discarded records wakes, though none was drained
covers R46
needs  user-ring
  user-create 4096
  user-reserve a 8
  user-discard a
  drain all          -> 0 wake

case   a busy record at the start: nothing is drained, and nobody woken
covers R46
needs  user-ring
  user-create 4096
  user-reserve a 8
  drain all          -> 0 quiet

case   a header that is busy and discarded is passed over
covers R46
needs  user-ring
  user-create 4096
  user-header 0 both 8
  user-header 16 committed 8
  user-producer 32
  drain all          -> 1

case   a producer position that is no multiple of 8
covers R46
needs  user-ring
  user-create 4096
  user-producer 9
  drain all          -> EINVAL

case   a length that does not fit the producer position
covers R46
needs  user-ring
  user-create 4096
  user-header 0 committed 64
  user-producer 16
  drain all          -> EINVAL

case   a sample that is longer than the ring
covers R46
needs  user-ring
  user-create 4096
  user-header 0 committed 4096
  user-producer 4104
  drain all          -> E2BIG

case   what is wrong stays there until it is put right
covers R46
needs  user-ring
  user-create 4096
  user-reserve a 8
  user-submit a
  user-header 16 committed 64
  user-producer 32
  drain all          -> EINVAL
  drain all          -> EINVAL
  user-header 16 committed 8
  drain all          -> 1

case   zeros are samples of no bytes
covers R46
needs  user-ring
  user-create 4096
  user-producer 4096
  drain all          -> 512
