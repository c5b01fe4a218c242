# Overwrite mode (BPF_F_RB_OVERWRITE, since Linux 6.19): the oldest records go where there is no room.

case   a ring that overwrites, while it has room, is like any other
covers R9
needs  overwrite
ring   4096 overwrite
  output "1"         -> wake
  output "2"         -> quiet
  query available    -> 32
  consume            -> "1", "2"

case   the oldest record goes
covers R11
needs  overwrite
ring   4096 overwrite
  output 1000~1
  output 1000~2
  output 1000~3
  output 1000~4
  output 1000~5
  consume            -> 1000~2, 1000~3, 1000~4, 1000~5

case   as many records go as must
covers R11
needs  overwrite
ring   4096 overwrite
  output 500~1
  output 500~2
  output 500~3
  output 500~4
  output 500~5
  output 500~6
  output 500~7
  output 500~8
  output 1200~9
  consume            -> 500~4, 500~5, 500~6, 500~7, 500~8, 1200~9

case   the longest record takes the place of all
covers R11
needs  overwrite
ring   4096 overwrite
  output "1"
  output "2"
  output 4080~3
  consume            -> 4080~3

case   only whole records go
covers R11
needs  overwrite
ring   4096 overwrite
  output 4000~1
  output "small"
  output 100~2
  consume            -> "small", 100~2

case   what is too long is refused as ever
covers R11
needs  overwrite
ring   4096 overwrite
  output 4081        -> EAGAIN
  reserve a 4096     -> none
  query producer     -> 0

case   the position of the oldest record that is left can be asked for
covers R22
needs  overwrite
ring   4096 overwrite
  query overwritten  -> 0
  output 2000
  output 2000
  query overwritten  -> 0
  output 2000
  query overwritten  -> 2008

case   available counts what is left, where the consumer is further behind
covers R22
needs  overwrite
ring   4096 overwrite
  output 2000
  output 2000
  output 2000
  query available    -> 4016
  query consumer     -> 0
  query producer     -> 6024

case   no busy record is overwritten
covers R11 R36
needs  overwrite
ring   4096 overwrite
  reserve a 2000
  output 2000~2
  output 2000        -> EAGAIN
  reserve b 2000     -> none
  write a 2000~1
  submit a
  consume            -> 2000~1, 2000~2

case   the oldest records go until a busy one is in the way
covers R11 R36
needs  overwrite
ring   4096 overwrite
  output 1000~1
  output 1000~2
  reserve a 1000
  output 1000~4
  output 2000~5
  output 2000        -> EAGAIN
  query overwritten  -> 2016
  consume            -> nothing

case   records of other lengths, submitted and busy, as the kernel's own example has them
covers R11 R36
needs  overwrite pending-position
ring   4096 overwrite
  reserve a 504
  reserve b 1016
  reserve c 2040
  submit a
  submit b
  reserve d 1528
  position producer  -> 5120
  query overwritten  -> 1536
  position pending   -> 1536
  reserve e 1016     -> none
  submit c
  submit d
  reserve e 1016
  position pending   -> 5120

case   producers never touch the consumer position
covers R29
needs  overwrite positions
ring   4096 overwrite
  repeat 50
    output 1000
  end
  position consumer  -> 0
  position producer  -> 50400

case   discarded records are overwritten like others
covers R20
needs  overwrite
ring   4096 overwrite
  reserve a 2000
  discard a
  output 2000~2
  output 2000~3
  consume            -> 2000~2, 2000~3

case   a consumer that keeps up loses nothing
covers R29
needs  overwrite
ring   4096 overwrite
  repeat 100
    output 1000~1
    output 2000~2
    consume          -> 1000~1, 2000~2
  end

case   what the consumer had in front of it is gone, and it goes on with the oldest
covers R29
needs  overwrite
ring   4096 overwrite
  output "1"
  output "2"
  consume 1          -> "1"
  output 2000~3
  output 2000~4
  output 2000~5
  consume            -> 2000~4, 2000~5

case   over the end of the data
covers R37
needs  overwrite
ring   4096 overwrite
  repeat 30
    output 1500~1
    output 700~2
  end
  consume            -> 700~2, 1500~1, 700~2

case   a consumer that was overtaken stands at the oldest record that is left, and is woken by that
covers R29 R38
needs  overwrite
ring   4096 overwrite
  output 1000~1      -> wake
  reserve a 4
  output 2000~2      -> quiet
  output 1500~3      -> quiet
  consume            -> nothing
  query consumer     -> 1008
  write a "busy"
  submit a           -> wake
  consume            -> "busy", 2000~2, 1500~3
