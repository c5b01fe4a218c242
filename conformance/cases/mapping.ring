# The ring in the memory of a process: what may be mapped, and for what.

case   the consumer page can be written
covers R12 R29
needs  mapping
ring   4096
  mapping consumer read  -> ok
  mapping consumer write -> ok

case   the producer page can only be read
covers R12 R30
needs  mapping
ring   4096
  mapping producer read  -> ok
  mapping producer write -> EPERM

case   the data can only be read
covers R12
needs  mapping
ring   4096
  mapping data read  -> ok
  mapping data write -> EPERM

case   the data can be mapped once more behind its end, and only read
covers R12 R37
needs  mapping
ring   4096
  mapping mirror read  -> ok
  mapping mirror write -> EPERM

case   all of it at once can only be read
covers R12 R37
needs  mapping
ring   4096
  mapping all read   -> ok
  mapping all write  -> EPERM

case   behind it there is nothing
covers R12
needs  mapping
ring   4096
  mapping beyond read -> EINVAL

case   nothing of it can be executed
covers R12
needs  mapping
ring   4096
  mapping consumer execute -> EPERM
  mapping producer execute -> EPERM
  mapping data execute -> EPERM

case   of a large ring as well
covers R12 R37
needs  mapping
ring   1048576
  mapping all read   -> ok
  mapping data write -> EPERM
  mapping beyond read -> EINVAL
