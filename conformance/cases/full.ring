# A ring without room.

case   255 records of 8 bytes fit into a page, and the 256th does not
covers R11
ring   4096
  repeat 255
    output 8
  end
  reserve a 8        -> none
  query available    -> 4080

case   behind 255 records of 8 bytes there is room for one of none
covers R11
ring   4096
  repeat 255
    output 8
  end
  reserve a 0
  query available    -> 4088
  reserve b 0        -> none

case   511 records of no bytes fit into a page
covers R11
ring   4096
  repeat 511
    output ""
  end
  reserve a 0        -> none
  query available    -> 4088

case   of a full ring nothing is lost
covers R11
ring   4096
  output 1000~1
  output 1000~2
  output 1000~3
  output 1060~4      -> EAGAIN
  output 1060~5      -> EAGAIN
  consume            -> 1000~1, 1000~2, 1000~3

case   what does not fit is refused, what is shorter still fits
covers R11
ring   4096
  output 4000~1
  output 100         -> EAGAIN
  output 72~2
  output ""          -> EAGAIN
  consume            -> 4000~1, 72~2

case   all but 8 bytes can be in use
covers R11
ring   4096
  output 4072~1
  query available    -> 4080
  output ""
  query available    -> 4088
  output ""          -> EAGAIN

case   reserved bytes are in use like submitted ones
covers R11 R30
ring   4096
  reserve a 4000
  reserve b 100      -> none
  submit a
  reserve b 100      -> none

case   discarded bytes are in use until they are consumed
covers R11 R20
ring   4096
  reserve a 4000
  discard a
  reserve b 100      -> none
  consume            -> nothing
  reserve b 100

case   what is consumed is free again
covers R11 R29
ring   4096
  output 4080~1
  reserve a 0        -> none
  consume            -> 4080~1
  output 4080~2
  consume            -> 4080~2

case   exactly as much is free as was consumed
covers R11 R29
ring   4096
  repeat 127
    output 24
  end
  output 24          -> EAGAIN
  consume 2          -> 24, 24
  reserve a 81       -> none
  reserve a 80
  submit a
  output ""          -> EAGAIN

case   one consumed record makes room for one
covers R11 R29
ring   4096
  repeat 255
    output 8
  end
  repeat 20
    consume 1        -> 8
    output 8
    output 8         -> EAGAIN
  end

case   a ring that is full of busy records is full
covers R11
ring   4096
  reserve a 1000
  reserve b 1000
  reserve c 1000
  reserve d 1056
  reserve e 0        -> none
  submit b
  submit c
  submit d
  reserve e 0        -> none
  consume            -> nothing
  submit a
  consume            -> 1000, 1000, 1000, 1056
  reserve e 4080

case   the first busy record keeps the room of all behind it
covers R11 R36
ring   4096
  reserve a 8
  output 2000~1
  output 2000~2
  output 2000        -> EAGAIN
  consume            -> nothing
  output 2000        -> EAGAIN
  submit a
  consume            -> 8, 2000~1, 2000~2
  output 2000~3
  consume            -> 2000~3

case   to fail does not wait, however often
covers R11
ring   4096
  output 4080~1
  repeat 200
    reserve a 8      -> none
    output 8         -> EAGAIN
  end
  query producer     -> 4088
  consume            -> 4080~1

case   a ring can be filled and emptied again and again
covers R11 R28
ring   4096
  repeat 10
    output 1000~1
    output 1000~2
    output 1000~3
    output 1056~4
    output ""        -> EAGAIN
    consume          -> 1000~1, 1000~2, 1000~3, 1056~4
  end

case   the same for two pages
covers R11 R28
ring   8192
  repeat 10
    output 4000~1
    output 4000~2
    output 170       -> EAGAIN
    consume          -> 4000~1, 4000~2
  end
