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
