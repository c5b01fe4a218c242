# Positions: what was reserved, and what was consumed.

case   a reservation moves the producer position, a commit does not
covers R30 R31
needs  positions
ring   4096
  reserve a 8
  position producer  -> 16
  submit a
  position producer  -> 16

case   only consuming moves the consumer position
covers R29
needs  positions
ring   4096
  output 8
  position consumer  -> 0
  consume            -> 8
  position consumer  -> 16
  position producer  -> 16

case   the producer position counts what all have reserved
covers R30
needs  positions
ring   4096
  reserve a 8
  reserve b 100
  output 1000
  reserve c 0
  position producer  -> 1144

case   a refused reservation moves nothing
covers R30 R11
needs  positions
ring   4096
  output 4000
  reserve a 100      -> none
  output 100         -> EAGAIN
  reserve a 5000     -> none
  reserve a 8 flags 1 -> none
  output "x" flags 4 -> EINVAL
  position producer  -> 4008
  position consumer  -> 0

case   discarded records count like others
covers R30 R20
needs  positions
ring   4096
  reserve a 100
  discard a
  position producer  -> 112
  consume            -> nothing
  position consumer  -> 112

case   the consumer stands before a busy record
covers R29 R36
needs  positions
ring   4096
  output 8
  output 16
  reserve a 8
  output 8
  consume            -> 8, 16
  position consumer  -> 40
  submit a
  consume            -> 8, 8
  position consumer  -> 72

case   positions do not begin again with the data
covers R28
needs  positions
ring   4096
  repeat 10
    output 1000
    consume          -> 1000
  end
  position producer  -> 10080
  position consumer  -> 10080

case   positions only grow
covers R28 R29 R30
needs  positions
ring   4096
  output 4080
  consume            -> 4080
  position producer  -> 4088
  output 4080
  position producer  -> 8176
  position consumer  -> 4088
  consume            -> 4080
  position consumer  -> 8176

case   a consumer that takes one at a time stands behind each
covers R29
needs  positions
ring   4096
  output 8
  output 16
  output 24
  consume 1          -> 8
  position consumer  -> 16
  consume 1          -> 16
  position consumer  -> 40
  consume 1          -> 24
  position consumer  -> 72
  consume 1          -> nothing
  position consumer  -> 72

case   positions agree with what is asked of the ring
covers R22 R29 R30
needs  positions
ring   4096
  output 8
  output 100
  consume 1          -> 8
  position consumer  -> 16
  query consumer     -> 16
  position producer  -> 128
  query producer     -> 128
