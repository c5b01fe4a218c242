# What nobody has written: reserve clears nothing.

case   a new ring is full of zeros
covers R18
needs  stale-bytes
ring   4096
  reserve a 16
  submit a
  consume            -> 0x00000000000000000000000000000000

case   a payload that nobody wrote holds what was there before
covers R18
needs  stale-bytes
ring   4096
  output 2032~1
  output 2032~2
  consume            -> 2032~1, 2032~2
  output ""
  output ""
  consume            -> "", ""
  reserve a 2032
  submit a
  consume            -> 2032~1

case   a payload that was written in part holds the rest from before
covers R18
needs  stale-bytes
ring   4096
  output "abcdefgh"
  consume            -> "abcdefgh"
  output 4064
  consume            -> 4064
  output ""
  consume            -> ""
  reserve a 8
  write a "xyz" at 2
  submit a
  consume            -> "abxyzfgh"

case   a discarded payload stays in memory
covers R20
needs  stale-bytes data
ring   4096
  reserve a 6
  write a "secret"
  discard a
  data 8 6           -> "secret"

case   a consumed payload stays in memory
covers R29
needs  stale-bytes data
ring   4096
  output "consumed"
  consume            -> "consumed"
  data 8 8           -> "consumed"

case   a consumed header stays in memory
covers R29 R32
needs  stale-bytes headers
ring   4096
  output "consumed"
  consume            -> "consumed"
  header 0           -> committed 8 page 3

case   padding is not cleared
covers R32
needs  stale-bytes data
ring   4096
  output 2032~1
  output 2032~2
  consume            -> 2032~1, 2032~2
  output ""
  output ""
  consume            -> "", ""
  output "x"
  data 8 8           -> 0x78080f161d242b32
