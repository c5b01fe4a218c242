# The consumer.

case   an empty ring has nothing to consume, however often one looks
covers R14
ring   4096
  repeat 10
    consume          -> nothing
  end
  query consumer     -> 0

case   a record is consumed once
covers R29
ring   4096
  output "once"
  consume            -> "once"
  consume            -> nothing

case   at most so many
covers R29
ring   4096
  output "1"
  output "2"
  output "3"
  output "4"
  output "5"
  consume 2          -> "1", "2"
  consume 2          -> "3", "4"
  consume 2          -> "5"
  consume 2          -> nothing

case   at most more than there are
covers R29
ring   4096
  output "1"
  output "2"
  consume 100        -> "1", "2"

case   discarded records do not count
covers R29 R20
ring   4096
  output "1"
  reserve a 8
  discard a
  reserve a 8
  discard a
  output "2"
  output "3"
  consume 2          -> "1", "2"
  consume 2          -> "3"

case   what is left over is consumed later, with what came meanwhile
covers R29
ring   4096
  output "1"
  output "2"
  consume 1          -> "1"
  output "3"
  consume            -> "2", "3"

case   records of all lengths up to 24
covers R10 R29
ring   4096
  output 1~1
  output 2~2
  output 3~3
  output 4~4
  output 5~5
  output 6~6
  output 7~7
  output 8~8
  output 9~9
  output 10~10
  output 11~11
  output 12~12
  output 13~13
  output 14~14
  output 15~15
  output 16~16
  output 17~17
  output 18~18
  output 19~19
  output 20~20
  output 21~21
  output 22~22
  output 23~23
  output 24~24
  consume            -> 1~1, 2~2, 3~3, 4~4, 5~5, 6~6, 7~7, 8~8, 9~9, 10~10, 11~11, 12~12, 13~13, 14~14, 15~15, 16~16, 17~17, 18~18, 19~19, 20~20, 21~21, 22~22, 23~23, 24~24

case   a consumer that keeps up sees each record alone
covers R29 R14
ring   4096
  repeat 100
    output "tick"
    consume          -> "tick"
    consume          -> nothing
  end

case   payloads begin at multiples of 8, so that words in them can be read at once
covers R12 R32
needs  data
ring   4096
  output "a"
  output "bcdefghij"
  output "k"
  data 8 1           -> "a"
  data 24 9          -> "bcdefghij"
  data 48 1          -> "k"

case   what the consumer sees are the bytes in memory
covers R12 R37
needs  data
ring   4096
  output 100~5
  data 8 100         -> 100~5
  consume            -> 100~5
