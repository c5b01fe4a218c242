# The pending position: the oldest record that was busy at the last reservation. What is not behind it is not written to.

case   it stands at the oldest busy record
covers R36
needs  pending-position
ring   4096
  reserve a 8
  reserve b 24
  reserve c 0
  position pending   -> 0

case   it moves when something is reserved, and not by a commit
covers R35 R36
needs  pending-position
ring   4096
  reserve a 8
  submit a
  position pending   -> 0
  reserve b 8
  position pending   -> 16

case   it passes over everything that is not busy
covers R36
needs  pending-position
ring   4096
  reserve a 8
  reserve b 24
  reserve c 0
  submit b
  submit a
  reserve d 8
  position pending   -> 48
  discard c
  submit d
  position pending   -> 48
  reserve e 8
  position pending   -> 72

case   it passes over discarded records
covers R20 R36
needs  pending-position
ring   4096
  reserve a 8
  discard a
  reserve a 8
  position pending   -> 16

case   it stops at the first busy record, whatever is behind
covers R36
needs  pending-position
ring   4096
  output 8
  reserve a 8
  output 8
  output 8
  reserve b 8
  position pending   -> 16

case   consuming does not move it
covers R29
needs  pending-position
ring   4096
  output 8
  output 8
  position pending   -> 16
  consume            -> 8, 8
  position pending   -> 16

case   it moves though there is no room
covers R11
needs  pending-position
ring   4096
  repeat 255
    output 8
  end
  position pending   -> 4064
  reserve a 8        -> none
  position pending   -> 4080

case   it moves for a record as long as the ring, which has no room ever
covers R11
needs  pending-position
ring   4096
  output 8
  reserve a 4088     -> none
  position pending   -> 16

case   it does not move for a record that is longer than the ring
covers R11
needs  pending-position
ring   4096
  output 8
  reserve a 4089     -> none
  position pending   -> 0

case   it does not move where flags are refused
covers R42
needs  pending-position
ring   4096
  output 8
  reserve a 8 flags 1 -> none
  output 8 flags 4   -> EINVAL
  position pending   -> 0

case   it goes through many rounds
covers R28
needs  pending-position
ring   4096
  repeat 100
    output 1000
    consume          -> 1000
  end
  position pending   -> 99792
  reserve a 8
  position pending   -> 100800

case   no record is laid over a busy one, though the consumer position says that there is room
covers R36 R29
needs  pending-position move-consumer headers
ring   16384
  move-consumer 12288
  reserve a 12288
  reserve b 12288    -> none
  position producer  -> 12296
  position pending   -> 0
  header 0           -> busy 12288 page 3

case   behind a busy record all of the ring but 8 bytes can be in use, whatever the consumer position says
covers R36
needs  pending-position move-consumer
ring   4096
  reserve a 8
  move-consumer 16
  output 4056
  output ""
  output ""          -> EAGAIN
  position producer  -> 4088
  position pending   -> 0
