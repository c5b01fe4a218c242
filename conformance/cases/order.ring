# The order of reservation is the order of consumption.

case   records come in the order in which they were reserved
covers R1 R34 R36
ring   4096
  output "1"
  output "2"
  output "3"
  output "4"
  consume            -> "1", "2", "3", "4"

case   the order is that of reservations, not that of commits
covers R1 R34 R36
ring   4096
  reserve a 5
  reserve b 6
  write a "first"
  write b "second"
  submit b
  submit a
  consume            -> "first", "second"

case   a producer that came later does not overtake
covers R1 R34 R36
ring   4096
  reserve a 4
  write a "fork"
  output "exec"
  output "exit"
  submit a
  consume            -> "fork", "exec", "exit"

case   a slow producer holds off what is behind it
covers R36
ring   4096
  reserve a 4
  output "one"
  output "two"
  consume            -> nothing
  consume            -> nothing
  write a "slow"
  submit a
  consume            -> "slow", "one", "two"

case   a slow producer does not hold off what is before it
covers R36
ring   4096
  output "before"
  reserve a 4
  output "behind"
  consume            -> "before"
  consume            -> nothing
  discard a
  consume            -> "behind"

case   two slow producers: the consumer stops at each
covers R36
ring   4096
  output "1"
  reserve a 1
  output "3"
  reserve b 1
  output "5"
  consume            -> "1"
  write a "2"
  submit a
  consume            -> "2", "3"
  write b "4"
  submit b
  consume            -> "4", "5"

case   the second of two slow producers is first
covers R36
ring   4096
  reserve a 1
  reserve b 1
  write a "a"
  write b "b"
  output "c"
  submit b
  consume            -> nothing
  submit a
  consume            -> "a", "b", "c"

case   a record that is discarded late lets the others pass
covers R36 R20
ring   4096
  reserve a 100
  output "behind"
  consume            -> nothing
  discard a
  consume            -> "behind"

case   a busy record behind discarded ones stops the consumer
covers R36 R20
ring   4096
  reserve a 8
  discard a
  reserve a 8
  discard a
  reserve a 4
  output "behind"
  consume            -> nothing
  query consumer     -> 32
  write a "busy"
  submit a
  consume            -> "busy", "behind"

case   a discarded record behind a busy one stays until that is committed
covers R36 R20
ring   4096
  reserve a 8
  reserve b 8
  discard b
  consume            -> nothing
  query consumer     -> 0
  submit a
  consume            -> 8
  query consumer     -> 32

case   the order holds over the end of the data
covers R34 R36 R37
ring   4096
  output 4000
  consume            -> 4000
  reserve a 100
  output "behind the end"
  consume            -> nothing
  write a 100~7
  submit a
  consume            -> 100~7, "behind the end"

case   many rounds in order
covers R34 R36
ring   4096
  repeat 300
    output "first of two"
    output "second"
    consume          -> "first of two", "second"
  end

case   one ring keeps records of one task in order, whoever made them
covers R1 R2
ring   4096
  reserve a 1
  reserve b 1
  reserve c 1
  reserve d 1
  write d "4"
  submit d
  write b "2"
  submit b
  write c "3"
  submit c
  consume            -> nothing
  write a "1"
  submit a
  consume            -> "1", "2", "3", "4"
