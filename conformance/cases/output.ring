# Copying bytes in.

case   output is reserve, write and submit at once
covers R15 R17
ring   4096
  output "as one"    -> wake
  query producer     -> 16
  consume            -> "as one"

case   output copies: what is written later is another record
covers R15
ring   4096
  output "one"
  output "two"
  consume            -> "one", "two"

case   output of no bytes
covers R15
ring   4096
  output ""          -> wake
  query available    -> 8
  consume            -> ""

case   output takes any length that fits, decided when it runs
covers R17 R19
ring   4096
  output 1~1
  output 2~2
  output 3~3
  output 5~4
  output 8~5
  output 13~6
  output 21~7
  output 34~8
  output 55~9
  output 89~10
  output 144~11
  output 233~12
  output 377~13
  consume            -> 1~1, 2~2, 3~3, 5~4, 8~5, 13~6, 21~7, 34~8, 55~9, 89~10, 144~11, 233~12, 377~13

case   output of the longest record
covers R15 R11
ring   4096
  output 4080~5
  consume            -> 4080~5

case   output that is too long says EAGAIN, as for want of room
covers R15 R11
ring   4096
  output 4081        -> EAGAIN
  output 4088        -> EAGAIN
  output 4096        -> EAGAIN
  output 5000        -> EAGAIN
  query producer     -> 0

case   output without room says EAGAIN
covers R15 R11
ring   4096
  output 4000~1
  output 100         -> EAGAIN
  query producer     -> 4008

case   output takes the two wake-up flags
covers R40 R15
ring   4096
  output "0"
  output "1" no-wakeup
  output "2" force-wakeup
  output "3" both
  consume            -> "0", "1", "2", "3"

case   output refuses flags that nobody knows
covers R15
ring   4096
  output "x" flags 4 -> EINVAL
  output "x" flags 5 -> EINVAL
  output "x" flags 8 -> EINVAL
  output "x" flags 2147483648 -> EINVAL
  query producer     -> 0
  consume            -> nothing

case   output looks at the flags before the length
covers R15
ring   4096
  output 5000 flags 4 -> EINVAL
  output 5000 flags 1 -> EAGAIN

case   output looks at the flags before the room
covers R15
ring   4096
  output 4080
  output 8 flags 4   -> EINVAL
  output 8           -> EAGAIN

case   output behind a busy record waits for it like any other
covers R15 R36
ring   4096
  reserve a 4
  output "behind"    -> quiet
  consume            -> nothing
  write a "head"
  submit a           -> wake
  consume            -> "head", "behind"

case   bytes of any value come through
covers R15
ring   4096
  output 256~0
  output 0x00000000
  output 0xffffffff
  output 0x8000000040000000
  consume            -> 256~0, 0x00000000, 0xffffffff, 0x8000000040000000

case   bytes that look like a header are bytes
covers R15 R32
ring   4096
  output 0x080000000300000008000000030000000800000003000000
  output "next"
  consume            -> 0x080000000300000008000000030000000800000003000000, "next"

case   text that is not ASCII comes through
covers R15
ring   4096
  output "Grüße, 世界"
  consume            -> "Grüße, 世界"

case   what output could not do leaves nothing behind
covers R15 R11
ring   4096
  output 4072~1
  output 8~2         -> EAGAIN
  output ""
  consume            -> 4072~1, ""
