# The ring as a BPF map.

case   a ring is a map of its type
covers R3 R6
needs  map
  map create ringbuf 0 0 4096      -> ok

case   keys and values have no size
covers R8
needs  map
  map create ringbuf 4 0 4096      -> EINVAL
  map create ringbuf 0 4 4096      -> EINVAL
  map create ringbuf 4 4 4096      -> EINVAL
  map create ringbuf 8 8 4096      -> EINVAL

case   max_entries is the size, a power of two and whole pages
covers R9
needs  map
  map create ringbuf 0 0 0         -> EINVAL
  map create ringbuf 0 0 1000      -> EINVAL
  map create ringbuf 0 0 2048      -> EINVAL
  map create ringbuf 0 0 12288     -> EINVAL
  map create ringbuf 0 0 8192      -> ok

case   flags of other maps are refused
covers R3
needs  map
  map create ringbuf 0 0 4096 1    -> EINVAL
  map create ringbuf 0 0 4096 8    -> EINVAL
  map create ringbuf 0 0 4096 128  -> EINVAL
  map create ringbuf 0 0 4096 1024 -> EINVAL

case   a user ring is made by the same rules
covers R8 R9 R46
needs  map user-ring
  map create user_ringbuf 0 0 4096  -> ok
  map create user_ringbuf 4 0 4096  -> EINVAL
  map create user_ringbuf 0 4 4096  -> EINVAL
  map create user_ringbuf 0 0 2048  -> EINVAL
  map create user_ringbuf 0 0 12288 -> EINVAL
  map create user_ringbuf 0 0 4096 524288 -> EINVAL

case   a ring has no elements: no lookup
covers R5
needs  map
ring   4096
  map lookup         -> ENOTSUPP

case   a ring has no elements: no update
covers R5
needs  map
ring   4096
  map update         -> ENOTSUPP

case   a ring has no elements: no delete
covers R5
needs  map
ring   4096
  map delete         -> ENOTSUPP

case   a ring has no elements: no next key
covers R5
needs  map
ring   4096
  map next-key       -> ENOTSUPP

case   a ring has no elements: none is taken out
covers R5
needs  map
ring   4096
  map lookup-and-delete -> ENOTSUPP

case   what was refused has not changed the ring
covers R5
needs  map
ring   4096
  output "x"
  map lookup         -> ENOTSUPP
  map update         -> ENOTSUPP
  map delete         -> ENOTSUPP
  consume            -> "x"

case   rings of any size go into an array of maps
covers R4 R7
needs  map
ring   4096
  map put-into array_of_maps -> ok

case   rings of any size go into a hash of maps
covers R4 R7
needs  map
ring   65536
  map put-into hash_of_maps -> ok

case   a ring that is mapped for writing cannot be frozen
covers R6
needs  map
ring   4096
  map freeze         -> EBUSY
