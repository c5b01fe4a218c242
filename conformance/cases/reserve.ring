# Reserving: what fits, and what a reserved record is.

case   a record is not there before it is submitted
covers R16 R31
ring   4096
  reserve a 5
  consume            -> nothing
  write a "hello"
  consume            -> nothing
  submit a           -> wake
  consume            -> "hello"
  consume            -> nothing

case   records of any length are as long as they were reserved
covers R10
ring   4096
  output "a"
  output "bc"
  output "def"
  output "ghijklm"
  output "nopqrstu"
  output "vwxyz0123"
  consume            -> "a", "bc", "def", "ghijklm", "nopqrstu", "vwxyz0123"

case   long and short records go together
covers R10
ring   4096
  output 1~1
  output 1000~2
  output 3~3
  output 2000~4
  output 17~5
  consume            -> 1~1, 1000~2, 3~3, 2000~4, 17~5

case   a record of no bytes
covers R10
ring   4096
  reserve a 0
  submit a           -> wake
  consume            -> ""
  query consumer     -> 8

case   a record of no bytes among others
covers R10
ring   4096
  output "before"
  reserve a 0
  output "after"
  submit a
  consume            -> "before", "", "after"

case   a record of no bytes takes 8
covers R10 R32
ring   4096
  reserve a 0
  query producer     -> 8
  reserve b 0
  query producer     -> 16

case   a record of 1 byte takes 16
covers R10 R32
ring   4096
  reserve a 1
  query producer     -> 16

case   a record of 8 bytes takes 16
covers R10 R32
ring   4096
  reserve a 8
  query producer     -> 16

case   a record of 9 bytes takes 24
covers R10 R32
ring   4096
  reserve a 9
  query producer     -> 24

case   a record of 16 bytes takes 24
covers R10 R32
ring   4096
  reserve a 16
  query producer     -> 24

case   a record of 17 bytes takes 32
covers R10 R32
ring   4096
  reserve a 17
  query producer     -> 32

case   a record of 1000 bytes takes 1008
covers R10 R32
ring   4096
  reserve a 1000
  query producer     -> 1008

case   a record of 1001 bytes takes 1016
covers R10 R32
ring   4096
  reserve a 1001
  query producer     -> 1016

case   the longest record is 16 bytes shorter than the ring
covers R11
ring   4096
  reserve a 4080
  query available    -> 4088
  submit a
  consume            -> 4080

case   the longest record keeps all its bytes
covers R11 R18
ring   4096
  reserve a 4080
  write a 4080~9
  submit a
  consume            -> 4080~9

case   one byte more than the longest record is refused
covers R11
ring   4096
  reserve a 4081     -> none
  query producer     -> 0

case   a record with its header as long as the ring is refused
covers R11
ring   4096
  reserve a 4088     -> none
  query producer     -> 0

case   a record as long as the ring is refused
covers R11
ring   4096
  reserve a 4096     -> none
  query producer     -> 0

case   the longest record of two pages
covers R11
ring   8192
  reserve a 8177     -> none
  reserve a 8176
  query available    -> 8184

case   the longest record of 1 MiB
covers R11
ring   1048576
  reserve a 1048561  -> none
  reserve a 1048560
  submit a
  consume            -> 1048560

case   lengths that are no lengths are refused
covers R11
ring   4096
  reserve a 1073741823 -> none
  reserve a 1073741824 -> none
  reserve a 2147483647 -> none
  query producer     -> 0

case   lengths that would wrap when they are rounded are refused
covers R11
ring   4096
  reserve a 2147483648 -> none
  reserve a 4294967280 -> none
  reserve a 4294967288 -> none
  reserve a 4294967295 -> none
  query producer     -> 0

case   16 MiB, more and less, are refused by a small ring
covers R11
ring   4096
  reserve a 16777215 -> none
  reserve a 16777216 -> none
  query producer     -> 0

case   what was refused as too long does not hinder what fits
covers R11
ring   4096
  reserve a 5000     -> none
  reserve a 4080
  submit a
  consume            -> 4080

case   reserve takes no flags
covers R42
ring   4096
  reserve a 8 flags 1 -> none
  reserve a 8 flags 2 -> none
  reserve a 8 flags 4 -> none
  reserve a 8 flags 2147483648 -> none
  query producer     -> 0

case   after flags were refused all is as before
covers R42
ring   4096
  reserve a 8 flags 1 -> none
  reserve a 8
  write a "all well"
  submit a           -> wake
  consume            -> "all well"

case   a payload can be written in any order, in parts
covers R16 R18
ring   4096
  reserve a 12
  write a "three" at 7
  write a "one" at 0
  write a "two " at 3
  submit a
  consume            -> "onetwo three"

case   a payload can be written more than once
covers R16 R18
ring   4096
  reserve a 4
  write a "1234"
  write a "ab" at 1
  submit a
  consume            -> "1ab4"

case   a payload of 1000 bytes is written in place
covers R18
ring   4096
  reserve a 1000
  write a 500~1 at 0
  write a 500~2 at 500
  submit a
  consume 1          -> 1000

case   eight records can be held at once
covers R26
ring   4096
  reserve a 1
  reserve b 2
  reserve c 3
  reserve d 4
  reserve e 5
  reserve f 6
  reserve g 7
  reserve h 8
  query available    -> 128
  submit h
  submit g
  submit f
  submit e
  submit d
  submit c
  submit b
  consume            -> nothing
  submit a           -> wake
  consume            -> 1, 2, 3, 4, 5, 6, 7, 8

case   records that are held at once do not touch each other
covers R26
ring   4096
  reserve a 3
  reserve b 3
  reserve c 3
  write c "ccc"
  write a "aaa"
  write b "bbb"
  submit a
  submit b
  submit c
  consume            -> "aaa", "bbb", "ccc"

case   records with a neighbour on each side keep their last bytes
covers R26
ring   4096
  reserve a 8
  reserve b 16
  reserve c 8
  write b 16~200
  write c 8~1
  write a 8~2
  submit c
  submit b
  submit a
  consume            -> 8~2, 16~200, 8~1
