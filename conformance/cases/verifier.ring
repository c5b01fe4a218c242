# What programs may do with records, and what the verifier refuses to load.

case   to reserve and submit
covers R16 R21
needs  verifier
  verify reserve-submit -> accepted

case   to reserve and discard
covers R16 R20 R21
needs  verifier
  verify reserve-discard -> accepted

case   to write inside of a record
covers R16 R18
needs  verifier
  verify write-inside -> accepted

case   to read what nobody has written
covers R18
needs  verifier
  verify read-unwritten -> accepted

case   a record may not be forgotten
covers R21
needs  verifier
  verify forgets-the-record -> rejected

case   neither of two records may be forgotten
covers R21
needs  verifier
  verify forgets-one-of-two -> rejected

case   a record is submitted once
covers R21
needs  verifier
  verify submits-twice -> rejected
  verify submits-what-was-discarded -> rejected

case   a record is submitted only if there is one
covers R21 R42
needs  verifier
  verify submits-what-may-be-null -> rejected

case   only the start of a record is submitted, and nothing else
covers R21 R33
needs  verifier
  verify submits-behind-the-start -> rejected
  verify submits-the-stack -> rejected

case   nothing is written outside of a record
covers R18
needs  verifier
  verify writes-behind-the-end -> rejected
  verify writes-to-the-header -> rejected

case   a record may be used only if there is one, and until it is submitted
covers R18 R21
needs  verifier
  verify writes-without-a-look -> rejected
  verify writes-after-submit -> rejected

case   reserve takes only a size that is known before
covers R18
needs  verifier
  verify reserves-an-unknown-size -> rejected

case   output takes a size that is not known before
covers R17 R19
needs  verifier
  verify outputs-an-unknown-size -> accepted

case   output takes bytes of a record
covers R17
needs  verifier
  verify outputs-from-a-record -> accepted

case   output takes no null pointer, not even for no bytes
covers R17
needs  verifier
  verify outputs-from-null -> rejected

case   by dynptr: to reserve and submit
covers R45
needs  verifier
  verify dynptr-submit -> accepted

case   by dynptr: submit follows, whether or not there was room
covers R45
needs  verifier
  verify dynptr-submit-unasked -> accepted
  verify dynptr-submit-only-on-success -> rejected
  verify dynptr-forgotten -> rejected

case   by dynptr: a record is submitted once
covers R45
needs  verifier
  verify dynptr-submit-twice -> rejected

case   programs find nothing in a ring by key
covers R5
needs  verifier
  verify lookup      -> rejected
