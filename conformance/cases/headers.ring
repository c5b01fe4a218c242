# Headers, as they lie in memory. Pages are counted from the start of the ring, as on x86-64: the data begins with 3.

case   reserve writes length, busy bit and page
covers R32 R33
needs  headers
ring   4096
  reserve a 12
  header 0           -> busy 12 page 3

case   submit clears the busy bit, and nothing else
covers R32 R33
needs  headers
ring   4096
  reserve a 12
  submit a
  header 0           -> committed 12 page 3

case   discard sets the discard bit, and clears the busy bit
covers R32 R33 R20
needs  headers
ring   4096
  reserve a 12
  discard a
  header 0           -> discarded 12 page 3

case   the length is that which was asked for, without header and padding
covers R32
needs  headers
ring   4096
  reserve a 0
  reserve b 1
  reserve c 7
  reserve d 8
  reserve e 9
  header 0           -> busy 0
  header 8           -> busy 1
  header 24          -> busy 7
  header 40          -> busy 8
  header 56          -> busy 9

case   output leaves a committed header
covers R32 R15
needs  headers
ring   4096
  output "twelve bytes"
  header 0           -> committed 12 page 3

case   the longest record's header
covers R32
needs  headers
ring   4096
  reserve a 4080
  header 0           -> busy 4080 page 3
  discard a
  header 0           -> discarded 4080 page 3

case   each header is committed by itself
covers R32 R35
needs  headers
ring   4096
  reserve a 8
  reserve b 8
  reserve c 8
  submit b
  header 0           -> busy 8
  header 16          -> committed 8
  header 32          -> busy 8
  discard c
  header 0           -> busy 8
  header 16          -> committed 8
  header 32          -> discarded 8
  submit a
  header 0           -> committed 8

case   pages are counted up through the data
covers R33
needs  headers
ring   16384
  reserve a 4088
  reserve b 4088
  reserve c 4088
  header 0           -> busy 4088 page 3
  header 4096        -> busy 4088 page 4
  header 8192        -> busy 4088 page 5

case   the page is that of the header, where its payload begins the next
covers R33
needs  headers
ring   8192
  output 4080
  reserve a 8
  header 4088        -> busy 8 page 3
  reserve b 8
  header 4104        -> busy 8 page 4

case   the page begins with 3 again in the next round
covers R33
needs  headers
ring   8192
  output 4080
  output 4080
  consume            -> 4080, 4080
  output 8
  header 8176        -> committed 8 page 4
  output 8
  header 0           -> committed 8 page 3

case   a header stays busy while others fill the ring
covers R32
needs  headers
ring   4096
  reserve a 8
  output 2000
  output 2000
  output 2000        -> EAGAIN
  header 0           -> busy 8 page 3

case   a commit with flags leaves no trace of them in the header
covers R32 R40
needs  headers
ring   4096
  reserve a 8
  submit a no-wakeup
  reserve b 8
  submit b force-wakeup
  reserve c 8
  discard c both
  header 0           -> committed 8
  header 16          -> committed 8
  header 32          -> discarded 8

case   a refused reservation writes no header
covers R32 R11
needs  headers
ring   4096
  output 4000
  reserve a 200      -> none
  header 0           -> committed 4000
  query producer     -> 4008

case   the payload lies behind the header
covers R32
needs  data
ring   4096
  output "payload"
  data 8 7           -> "payload"

case   length and bits are a little-endian word, the page another
covers R32 R33
needs  data headers
ring   4096
  reserve a 12
  data 0 4           -> 0x0c000080
  submit a
  data 0 4           -> 0x0c000000
  reserve b 12
  discard b
  data 24 4          -> 0x0c000040
