# A consumer position that was written by hand, and is wrong. Producers must not be hurt by it.

case   far ahead: there is no room
covers R11 R29
needs  move-consumer pending-position
ring   4096
  move-consumer 1048576
  reserve a 8        -> none
  output 8           -> EAGAIN
  query producer     -> 0

case   a little ahead of what would be reserved: there is no room
covers R11 R29
needs  move-consumer pending-position
ring   4096
  move-consumer 24
  reserve a 8        -> none
  reserve a 16
  query producer     -> 24

case   put right, there is room again
covers R11 R29
needs  move-consumer pending-position
ring   4096
  move-consumer 1048576
  output 8           -> EAGAIN
  move-consumer 0
  output "as before" -> wake
  consume            -> "as before"

case   where the consumer claims to have consumed what was only reserved, nobody is overwritten
covers R36
needs  move-consumer headers
ring   4096
  reserve a 2000
  move-consumer 2008
  output 2000
  output 2000        -> EAGAIN
  header 0           -> busy 2000 page 3

case   a consumer that goes back sees what is still there
covers R29
needs  move-consumer pending-position
ring   4096
  output "one"
  output "two"
  consume            -> "one", "two"
  move-consumer 16
  consume            -> "two"

case   a consumer that goes back keeps the room of what it has not consumed
covers R29 R11
needs  move-consumer pending-position
ring   4096
  output 2000
  consume            -> 2000
  output 2000
  move-consumer 0
  output 100         -> EAGAIN
  move-consumer 2008
  output 100

case   a consumer that goes on by hand passes over records
covers R29
needs  move-consumer
ring   4096
  output "one"
  output "two"
  move-consumer 16
  query available    -> 16
  consume            -> "two"

case   which record wakes is decided by the consumer position as it is
covers R38
needs  move-consumer wakeups
ring   4096
  output 8           -> wake
  move-consumer 16
  output 8           -> wake
  output 8           -> quiet

case   what is available is the distance of the positions, also where that makes no sense
covers R22 R23
needs  move-consumer
ring   4096
  output 8
  move-consumer 24
  query available    -> 4294967288
  query consumer     -> 24
  move-consumer 16
  query available    -> 0

case   a consumer position that is no multiple of 8 is taken as it is
covers R29 R22
needs  move-consumer pending-position
ring   4096
  output 8
  move-consumer 4
  query available    -> 12
  output 8           -> quiet
  move-consumer 0
  consume            -> 8, 8

case   a ring is readable where the positions differ, whichever is ahead
covers R13
needs  move-consumer readable
ring   4096
  move-consumer 64
  readable           -> yes
  move-consumer 0
  readable           -> no
