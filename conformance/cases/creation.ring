# Which sizes a ring can have.

case   a ring of one page
covers R9
ring   4096
  query size         -> 4096
  query producer     -> 0
  query consumer     -> 0

case   a ring of two pages
covers R9
ring   8192
  query size         -> 8192

case   a ring of 64 KiB
covers R9
ring   65536
  query size         -> 65536

case   a ring of 1 MiB
covers R9
ring   1048576
  query size         -> 1048576

case   a ring of 16 MiB
covers R9
ring   16777216
  query size         -> 16777216

case   no ring of 0 bytes
covers R9
  create 0           -> EINVAL

case   no ring of 1 byte
covers R9
  create 1           -> EINVAL

case   no ring of 1000 bytes
covers R9
  create 1000        -> EINVAL

case   no ring of a power of two that is less than a page
covers R9
  create 2048        -> EINVAL
  create 8           -> EINVAL

case   no ring of one byte more or less than a page
covers R9
  create 4095        -> EINVAL
  create 4097        -> EINVAL

case   no ring of whole pages that are no power of two
covers R9
  create 12288       -> EINVAL
  create 20480       -> EINVAL
  create 40960       -> EINVAL

case   no ring of a size that is nearly a power of two
covers R9
  create 65528       -> EINVAL
  create 65544       -> EINVAL

case   no ring with flags that nobody knows
covers R9
  create 4096 flags 1          -> EINVAL
  create 4096 flags 2147483648 -> EINVAL

case   a ring can be made after one could not
covers R9
  create 1000        -> EINVAL
  create 4096        -> ok
  output "x"         -> wake
  consume            -> "x"

case   a new ring is empty, whatever was in the one before
covers R3
ring   4096
  output "old"
  create 4096
  consume            -> nothing
  query available    -> 0
  output "new"       -> wake
  consume            -> "new"

case   a new ring has positions of its own
covers R3 R28
ring   4096
  output 100
  consume            -> 100
  create 8192
  query producer     -> 0
  query consumer     -> 0
  query size         -> 8192
