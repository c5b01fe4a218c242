# Submit and discard.

case   a discarded record is not shown
covers R16 R20 R32
ring   4096
  reserve a 4
  write a "gone"
  discard a          -> wake
  consume            -> nothing

case   a discarded record is passed over
covers R16 R20 R32
ring   4096
  output "before"
  reserve a 4
  output "after"
  discard a
  consume            -> "before", "after"

case   a discarded record is passed over at the start
covers R20 R32
ring   4096
  reserve a 4
  output "after"
  discard a
  consume            -> "after"

case   a discarded record is passed over at the end
covers R20 R32
ring   4096
  output "before"
  reserve a 4
  discard a
  consume            -> "before"
  query available    -> 0

case   several discarded records in a row
covers R20 R32
ring   4096
  output "before"
  repeat 10
    reserve a 12
    discard a
  end
  output "after"
  consume            -> "before", "after"
  query available    -> 0

case   only discarded records: the consumer passes over all
covers R20 R29
ring   4096
  repeat 5
    reserve a 8
    discard a
  end
  query available    -> 80
  consume            -> nothing
  query available    -> 0
  query consumer     -> 80

case   a discarded record of no bytes
covers R20
ring   4096
  reserve a 0
  discard a
  output "x"
  consume            -> "x"

case   the longest record can be discarded
covers R20
ring   4096
  reserve a 4080
  discard a
  consume            -> nothing
  query consumer     -> 4088

case   a record that is reserved only to hold bytes for a while
covers R20
ring   4096
  repeat 50
    reserve a 100
    write a 100~3
    discard a
    consume          -> nothing
  end
  query available    -> 0

case   all or nothing: one of several could not be reserved, so the others are discarded
covers R20
ring   4096
  reserve a 2000
  reserve b 1000
  reserve c 2000     -> none
  discard a
  discard b
  consume            -> nothing
  reserve a 2000
  reserve b 1000
  reserve c 1000
  submit a
  submit b
  submit c
  consume            -> 2000, 1000, 1000

case   to discard the middle one of three
covers R20 R32
ring   4096
  reserve a 1
  reserve b 2
  reserve c 3
  submit a
  discard b
  submit c
  consume            -> 1, 3

case   to discard the outer ones of three
covers R20 R32
ring   4096
  reserve a 1
  reserve b 2
  reserve c 3
  discard a
  submit b
  discard c
  consume            -> 2

case   submit and discard ignore flags that nobody knows
covers R42
ring   4096
  reserve a 1
  submit a flags 4
  reserve a 2
  submit a flags 2147483648
  reserve a 3
  discard a flags 8
  reserve a 4
  submit a flags 255
  consume            -> 1, 2, 4

case   submit succeeds in a full ring
covers R42
ring   4096
  reserve a 8
  output 4056
  output 8           -> EAGAIN
  submit a
  consume            -> 8, 4056

case   discard succeeds in a full ring
covers R42
ring   4096
  reserve a 8
  output 4056
  output 8           -> EAGAIN
  discard a
  consume            -> 4056

case   commits do not depend on each other's order: abc
covers R35 R36
ring   4096
  reserve a 1
  reserve b 2
  reserve c 3
  submit a
  consume            -> 1
  submit b
  consume            -> 2
  submit c
  consume            -> 3

case   commits do not depend on each other's order: acb
covers R35 R36
ring   4096
  reserve a 1
  reserve b 2
  reserve c 3
  submit a
  consume            -> 1
  submit c
  consume            -> nothing
  submit b
  consume            -> 2, 3

case   commits do not depend on each other's order: bac
covers R35 R36
ring   4096
  reserve a 1
  reserve b 2
  reserve c 3
  submit b
  consume            -> nothing
  submit a
  consume            -> 1, 2
  submit c
  consume            -> 3

case   commits do not depend on each other's order: bca
covers R35 R36
ring   4096
  reserve a 1
  reserve b 2
  reserve c 3
  submit b
  submit c
  consume            -> nothing
  submit a
  consume            -> 1, 2, 3

case   commits do not depend on each other's order: cab
covers R35 R36
ring   4096
  reserve a 1
  reserve b 2
  reserve c 3
  submit c
  consume            -> nothing
  submit a
  consume            -> 1
  submit b
  consume            -> 2, 3

case   commits do not depend on each other's order: cba
covers R35 R36
ring   4096
  reserve a 1
  reserve b 2
  reserve c 3
  submit c
  submit b
  consume            -> nothing
  submit a
  consume            -> 1, 2, 3

case   a record is submitted after the ring has gone on around it
covers R35
ring   4096
  repeat 30
    reserve a 100
    reserve b 50
    submit b
    consume          -> nothing
    submit a
    consume          -> 100, 50
  end

case   a record can be reserved and committed while another is held
covers R26
ring   4096
  reserve a 5
  write a "outer"
  reserve b 5
  write b "inner"
  submit b
  reserve c 4
  discard c
  consume            -> nothing
  submit a
  consume            -> "outer", "inner"

case   submit keeps the payload as it was written
covers R16
ring   4096
  reserve a 64
  write a 64~17
  submit a
  consume            -> 64~17
