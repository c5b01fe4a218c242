# Which commit wakes a consumer that sleeps.

case   the first record of an empty ring wakes, the second does not
covers R38 R41 R13
needs  wakeups
ring   4096
  output "x"         -> wake
  output "y"         -> quiet

case   a consumer that has consumed everything is woken again
covers R38 R41 R13
needs  wakeups
ring   4096
  output "x"         -> wake
  consume            -> "x"
  output "y"         -> wake

case   a consumer that has not consumed everything is not woken
covers R38 R41
needs  wakeups
ring   4096
  output "1"         -> wake
  output "2"         -> quiet
  consume 1          -> "1"
  output "3"         -> quiet
  consume            -> "2", "3"
  output "4"         -> wake

case   submit wakes like output
covers R38
needs  wakeups
ring   4096
  reserve a 8
  submit a           -> wake
  reserve a 8
  submit a           -> quiet

case   to reserve wakes nobody, and leaves it to the commit
covers R38 R31
needs  wakeups
ring   4096
  reserve a 8
  reserve b 8
  submit a           -> wake
  submit b           -> quiet

case   the record at which the consumer stands wakes, whichever is committed last
covers R38
needs  wakeups
ring   4096
  reserve a 8
  reserve b 8
  reserve c 8
  submit c           -> quiet
  submit a           -> wake
  submit b           -> quiet

case   the record at which the consumer stands, behind others
covers R38
needs  wakeups
ring   4096
  output 8           -> wake
  reserve a 8
  output 8           -> quiet
  consume            -> 8
  submit a           -> wake
  consume            -> 8, 8

case   a record before which the consumer has not arrived does not wake
covers R38
needs  wakeups
ring   4096
  reserve a 8
  reserve b 8
  submit b           -> quiet
  consume            -> nothing
  submit a           -> wake

case   each record wakes where each is consumed at once
covers R38 R39 R25
needs  wakeups
ring   4096
  repeat 300
    output 24        -> wake
    consume          -> 24
  end

case   of many records to a consumer that is behind, one wakes
covers R39 R25
needs  wakeups
ring   65536
  output 8           -> wake
  repeat 500
    output 8         -> quiet
  end
  query available    -> 8016

case   discard wakes by the same rule
covers R38 R43
needs  wakeups
ring   4096
  reserve a 8
  discard a          -> wake
  reserve a 8
  discard a          -> quiet
  consume            -> nothing
  reserve a 8
  discard a          -> wake

case   no-wakeup does not wake
covers R40
needs  wakeups
ring   4096
  output "x" no-wakeup -> quiet
  consume            -> "x"
  reserve a 8
  submit a no-wakeup -> quiet
  consume            -> 8
  reserve a 8
  discard a no-wakeup -> quiet

case   behind a record without wake-up the next does not wake either
covers R40 R43
needs  wakeups
ring   4096
  output "x" no-wakeup -> quiet
  output "y"         -> quiet
  consume            -> "x", "y"
  output "z"         -> wake

case   force-wakeup wakes a consumer that is behind
covers R40
needs  wakeups
ring   4096
  output "x"         -> wake
  output "y"         -> quiet
  output "z" force-wakeup -> wake
  output "z" force-wakeup -> wake

case   force-wakeup wakes after no-wakeup
covers R40
needs  wakeups
ring   4096
  output "x" no-wakeup -> quiet
  output "y" force-wakeup -> wake

case   submit with force-wakeup
covers R40
needs  wakeups
ring   4096
  output "x"
  reserve a 8
  submit a force-wakeup -> wake

case   discard with force-wakeup
covers R40
needs  wakeups
ring   4096
  output "x"
  reserve a 8
  discard a force-wakeup -> wake

case   where both flags are given, force-wakeup wins
covers R40
needs  wakeups
ring   4096
  output "x"         -> wake
  output "y" both    -> wake
  reserve a 8
  submit a both      -> wake
  reserve a 8
  discard a both     -> wake

case   no-wakeup wins over being caught up, force-wakeup over not being it
covers R40
needs  wakeups
ring   4096
  output "x" no-wakeup -> quiet
  output "y" no-wakeup -> quiet
  output "z" both    -> wake
  consume            -> "x", "y", "z"
  output "a" both    -> wake

case   flags that nobody knows change nothing
covers R42 R38
needs  wakeups
ring   4096
  reserve a 8
  submit a flags 4   -> wake
  reserve a 8
  submit a flags 4   -> quiet
  reserve a 8
  submit a flags 6   -> wake
  reserve a 8
  discard a flags 8  -> quiet

case   with flags that nobody knows no-wakeup holds
covers R42 R40
needs  wakeups
ring   4096
  reserve a 8
  submit a flags 5   -> quiet

case   a record discarded without wake-up hides the next from a consumer that sleeps
covers R43
needs  wakeups
ring   4096
  reserve a 8
  discard a no-wakeup -> quiet
  output "unseen"    -> quiet
  output "seen" force-wakeup -> wake
  consume            -> "unseen", "seen"

case   once the discarded record is consumed, the next wakes
covers R43
needs  wakeups
ring   4096
  reserve a 8
  discard a no-wakeup -> quiet
  consume            -> nothing
  output "seen"      -> wake

case   a discarded record between others wakes nobody
covers R43
needs  wakeups
ring   4096
  output "x"         -> wake
  reserve a 8
  discard a          -> quiet
  output "y"         -> quiet

case   records of no bytes wake like others
covers R38
needs  wakeups
ring   4096
  output ""          -> wake
  output ""          -> quiet
  consume            -> "", ""
  output ""          -> wake

case   the longest record wakes like others
covers R38
needs  wakeups
ring   4096
  output 4080        -> wake
  consume            -> 4080
  output 4080        -> wake

case   the wake-up rule holds over the end of the data
covers R38 R37
needs  wakeups
ring   4096
  repeat 20
    output 1000      -> wake
    output 1000      -> quiet
    output 1000      -> quiet
    consume          -> 1000, 1000, 1000
  end

case   batches by hand: only each fourth tells of itself
covers R24 R40
needs  wakeups
ring   4096
  repeat 10
    output 8 no-wakeup -> quiet
    output 8 no-wakeup -> quiet
    output 8 no-wakeup -> quiet
    output 8 force-wakeup -> wake
    consume          -> 8, 8, 8, 8
  end

case   a busy record between: those behind it do not wake
covers R38 R36
needs  wakeups
ring   4096
  reserve a 8
  output "1"         -> quiet
  output "2"         -> quiet
  output "3" force-wakeup -> wake
  consume            -> nothing
  submit a           -> wake
  consume            -> 8, "1", "2", "3"

case   an empty ring is not readable
covers R13
needs  readable
ring   4096
  readable           -> no
  output "x"
  readable           -> yes
  consume            -> "x"
  readable           -> no

case   a ring is readable as long as something is left in it
covers R13
needs  readable
ring   4096
  output "x"
  output "y"
  consume 1          -> "x"
  readable           -> yes
  consume            -> "y"
  readable           -> no

case   a record that is reserved makes the ring readable
covers R13 R30
needs  readable
ring   4096
  reserve a 8
  readable           -> yes
  consume            -> nothing
  readable           -> yes
  submit a
  readable           -> yes
  consume            -> 8
  readable           -> no

case   a record that is discarded makes the ring readable
covers R13
needs  readable
ring   4096
  reserve a 8
  discard a
  readable           -> yes
  consume            -> nothing
  readable           -> no

case   what came without wake-up is readable
covers R13 R40
needs  readable
ring   4096
  output "x" no-wakeup
  readable           -> yes

case   who polls instead of sleeping sees what came without wake-up
covers R14 R40
ring   4096
  consume            -> nothing
  output "x" no-wakeup
  consume            -> "x"
  consume            -> nothing
  reserve a 4
  consume            -> nothing
  write a "busy"
  submit a no-wakeup
  consume            -> "busy"

case   what is refused makes nothing readable
covers R13 R11
needs  readable
ring   4096
  output 5000        -> EAGAIN
  output "x" flags 4 -> EINVAL
  reserve a 8 flags 1 -> none
  readable           -> no
