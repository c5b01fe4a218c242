# What a producer can ask.

case   an empty ring
covers R22
ring   4096
  query available    -> 0
  query size         -> 4096
  query consumer     -> 0
  query producer     -> 0

case   the four values
covers R22
ring   8192
  output 8
  reserve a 100
  reserve b 4
  discard b
  consume            -> 8
  query available    -> 128
  query size         -> 8192
  query consumer     -> 16
  query producer     -> 144

case   available counts records that are busy
covers R22 R30
ring   4096
  reserve a 8
  query available    -> 16
  submit a
  query available    -> 16

case   available counts records that are discarded
covers R22
ring   4096
  reserve a 8
  discard a
  query available    -> 16

case   available counts headers and padding
covers R22 R32
ring   4096
  output 1
  query available    -> 16
  output 9
  query available    -> 40

case   available of a full ring
covers R22 R23
ring   4096
  output 4072
  output ""
  query available    -> 4088

case   available goes down as records are consumed
covers R22 R23
ring   4096
  output 8
  output 16
  output 24
  query available    -> 72
  consume 1          -> 8
  query available    -> 56
  consume 1          -> 16
  query available    -> 32
  consume            -> 24
  query available    -> 0

case   each answer is of the moment
covers R23
ring   4096
  repeat 10
    query available  -> 0
    output 8
    query available  -> 16
    reserve a 8
    query available  -> 32
    submit a
    consume          -> 8, 8
  end

case   the size is the same whatever is in the ring
covers R22
ring   4096
  output 4080
  query size         -> 4096
  consume            -> 4080
  query size         -> 4096

case   a flag that nobody knows is answered 0
covers R44
ring   4096
  output 8
  output 8
  consume 1          -> 8
  query 5            -> 0
  query 6            -> 0
  query 99           -> 0

case   large flags are answered 0
covers R44
ring   4096
  output 8
  output 8
  consume 1          -> 8
  query 256          -> 0
  query 65536        -> 0
  query 2147483648   -> 0
  query 4294967295   -> 0

case   where nothing is overwritten, no record was overwritten
covers R44
ring   4096
  output 8
  consume            -> 8
  output 8
  query overwritten  -> 0

case   asking changes nothing
covers R22 R23
ring   4096
  output "x"
  repeat 20
    query available  -> 16
    query producer   -> 16
    query consumer   -> 0
  end
  consume            -> "x"

case   who wants to tell of many at once can ask how many bytes there are
covers R24
ring   4096
  output 8 no-wakeup -> quiet
  output 8 no-wakeup -> quiet
  query available    -> 32
  output 8 no-wakeup -> quiet
  query available    -> 48
  output 8 force-wakeup -> wake
  consume            -> 8, 8, 8, 8
