# The end of the data, and the end of 32 bits.

case   a record over the end of the data is in one piece
covers R37
ring   4096
  output 4000
  consume            -> 4000
  output 1000~3
  consume            -> 1000~3

case   the longest record, from the middle of the data
covers R37
ring   4096
  output 2040
  consume            -> 2040
  output 4080~11
  consume            -> 4080~11

case   a record whose header is the last 8 bytes of the data
covers R37
ring   4096
  output 4080
  consume            -> 4080
  output 500~4
  consume            -> 500~4

case   a record that ends with the data
covers R37
ring   4096
  output 4000
  consume            -> 4000
  output 80~6
  output "at the start"
  consume            -> 80~6, "at the start"

case   a record of one byte behind the end
covers R37
ring   4096
  output 4064
  consume            -> 4064
  output 24~250
  consume            -> 24~250

case   a reserved record over the end can be written in parts
covers R37
ring   4096
  output 4000
  consume            -> 4000
  reserve a 200
  write a 100~100 at 100
  write a 100~0 at 0
  submit a
  consume            -> 200

case   a record over the end that is discarded is passed over
covers R37 R20
ring   4096
  output 4000
  consume            -> 4000
  reserve a 200
  discard a
  output "behind"
  consume            -> "behind"

case   a busy record over the end holds off those behind it
covers R37 R36
ring   4096
  output 4000
  consume            -> 4000
  reserve a 200
  output "behind"
  consume            -> nothing
  write a 200~1
  submit a
  consume            -> 200~1, "behind"

case   what runs over the end can be seen at the start
covers R37
needs  mirror
ring   4096
  output 4072
  consume            -> 4072
  output "over the end of the data"
  data 4088 24       -> "over the end of the data"
  data 4096 16       -> " end of the data"
  data 0 16          -> " end of the data"

case   the data stands behind its end once more
covers R37
needs  mirror
ring   4096
  output "twice"
  data 8 5           -> "twice"
  data 4104 5        -> "twice"

case   headers stand behind the end once more
covers R37 R32
needs  mirror
ring   4096
  reserve a 12
  data 4096 4        -> 0x0c000080
  submit a
  data 4096 4        -> 0x0c000000

case   of two pages the data stands behind its end once more
covers R37
needs  mirror
ring   8192
  output 5000~1
  data 8 5000        -> 5000~1
  data 8200 5000     -> 5000~1

case   all lengths over the end
covers R37
ring   4096
  repeat 100
    output 1000~1
    output 500~2
    output 333~3
    output 1~4
    consume          -> 1000~1, 500~2, 333~3, 1~4
  end

case   a full ring over the end
covers R37 R11
ring   4096
  output 2000
  consume            -> 2000
  output 2000~1
  output 1000~2
  output 1064~3
  output ""          -> EAGAIN
  consume            -> 2000~1, 1000~2, 1064~3

case   positions pass 2^32
covers R28
needs  start
ring   4096 from 4294967232
  output 16~1
  output 16~2
  output 16~3
  output 16~4
  query producer     -> 4294967328
  query consumer     -> 4294967232
  query available    -> 96
  consume            -> 16~1, 16~2, 16~3, 16~4
  query consumer     -> 4294967328
  query available    -> 0

case   a ring is full across 2^32, and empty afterwards
covers R28 R11
needs  start
ring   4096 from 4294965248
  output 2000~1
  output 2064~2
  output 8~3         -> EAGAIN
  query available    -> 4080
  consume            -> 2000~1, 2064~2
  query available    -> 0
  output 4080~4
  consume            -> 4080~4

case   a busy record before 2^32 holds off those behind it
covers R28 R36
needs  start
ring   4096 from 4294967280
  reserve a 5
  output "second"
  output "third"
  consume            -> nothing
  write a "first"
  submit a
  consume            -> "first", "second", "third"

case   a record across 2^32 wakes by the rule
covers R28 R38
needs  start wakeups
ring   4096 from 4294967272
  output 8           -> wake
  output 8           -> quiet
  consume 1          -> 8
  output 8           -> quiet
  consume            -> 8, 8
  output 8           -> wake

case   positions pass 2^31
covers R28
needs  start
ring   4096 from 2147483584
  output 16~1
  output 16~2
  output 16~3
  output 16~4
  query producer     -> 2147483680
  query consumer     -> 2147483584
  query available    -> 96
  consume            -> 16~1, 16~2, 16~3, 16~4
  query consumer     -> 2147483680
  query available    -> 0

case   a ring is full across 2^31, and empty afterwards
covers R28 R11
needs  start
ring   4096 from 2147481600
  output 2000~1
  output 2064~2
  output 8~3         -> EAGAIN
  query available    -> 4080
  consume            -> 2000~1, 2064~2
  query available    -> 0
  output 4080~4
  consume            -> 4080~4

case   a busy record before 2^31 holds off those behind it
covers R28 R36
needs  start
ring   4096 from 2147483632
  reserve a 5
  output "second"
  output "third"
  consume            -> nothing
  write a "first"
  submit a
  consume            -> "first", "second", "third"

case   a record across 2^31 wakes by the rule
covers R28 R38
needs  start wakeups
ring   4096 from 2147483624
  output 8           -> wake
  output 8           -> quiet
  consume 1          -> 8
  output 8           -> quiet
  consume            -> 8, 8
  output 8           -> wake

case   positions pass 2^16
covers R28
needs  start
ring   4096 from 65472
  output 16~1
  output 16~2
  output 16~3
  output 16~4
  query producer     -> 65568
  query consumer     -> 65472
  query available    -> 96
  consume            -> 16~1, 16~2, 16~3, 16~4
  query consumer     -> 65568
  query available    -> 0

case   a ring is full across 2^16, and empty afterwards
covers R28 R11
needs  start
ring   4096 from 63488
  output 2000~1
  output 2064~2
  output 8~3         -> EAGAIN
  query available    -> 4080
  consume            -> 2000~1, 2064~2
  query available    -> 0
  output 4080~4
  consume            -> 4080~4

case   a busy record before 2^16 holds off those behind it
covers R28 R36
needs  start
ring   4096 from 65520
  reserve a 5
  output "second"
  output "third"
  consume            -> nothing
  write a "first"
  submit a
  consume            -> "first", "second", "third"

case   a record across 2^16 wakes by the rule
covers R28 R38
needs  start wakeups
ring   4096 from 65512
  output 8           -> wake
  output 8           -> quiet
  consume 1          -> 8
  output 8           -> quiet
  consume            -> 8, 8
  output 8           -> wake

case   a ring can begin anywhere
covers R28
needs  start
ring   4096 from 1000
  query producer     -> 1000
  query consumer     -> 1000
  query available    -> 0
  consume            -> nothing
  output 4080~1
  consume            -> 4080~1
  query producer     -> 5088

case   a discarded record across 2^32 is passed over
covers R28 R20
needs  start
ring   4096 from 4294967280
  reserve a 100
  output "behind"
  discard a
  consume            -> "behind"
  query available    -> 0
