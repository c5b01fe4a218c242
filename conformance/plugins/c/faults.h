/* Bugs to be switched on, one at a time, to see that the suite notices each: `ring --fault NAME`. */
#pragma once

#define FAULTS(_)                                                                          \
  _(none, "none")                                                                          \
  _(rounds_to_16, "rounds-to-16")                       /* records take multiples of 16 */ \
  _(fills_up, "fills-up")                               /* all bytes may be in use */      \
  _(never_busy, "never-busy")                           /* visible once reserved */        \
  _(passes_busy, "passes-busy")                         /* the consumer goes around */     \
  _(shows_discarded, "shows-discarded")                 /* discard is submit */            \
  _(padded_length, "padded-length")                     /* the length has its padding */   \
  _(wakes_always, "wakes-always")                                                          \
  _(wakes_never, "wakes-never")                                                            \
  _(wakes_on_empty, "wakes-on-empty")                   /* the first after empty, only */  \
  _(ignores_no_wakeup, "ignores-no-wakeup")                                                \
  _(ignores_force, "ignores-force")                                                        \
  _(no_wakeup_wins, "no-wakeup-wins")                   /* over force, where both are */   \
  _(discard_is_quiet, "discard-is-quiet")                                                  \
  _(trusts_consumer, "trusts-consumer")                 /* CVE-2024-41009 */               \
  _(pending_only_on_success, "pending-only-on-success")                                    \
  _(output_takes_any_flag, "output-takes-any-flag")                                        \
  _(reserve_takes_any_flag, "reserve-takes-any-flag")                                      \
  _(commit_minds_flags, "commit-minds-flags")           /* unknown bits: not committed */  \
  _(query_knows_more, "query-knows-more")               /* unknown flags are not 0 */      \
  _(available_from_pending, "available-from-pending")                                      \
  _(no_mirror, "no-mirror")                             /* the end of the data is an end */\
  _(ignores_max, "ignores-max")                                                            \
  _(position_stays, "position-stays")                   /* when the consumer stops early */\
  _(any_size, "any-size")                               /* also what is no power of two */ \
  _(offset_from_data, "offset-from-data")               /* pages in headers */             \
  _(refuses_empty, "refuses-empty")                     /* records of no bytes */          \
  _(clears_payload, "clears-payload")                                                      \
  _(output_enospc, "output-enospc")                                                        \
  _(compares_positions, "compares-positions")           /* by <, where they wrap */        \
  _(readable_when_committed, "readable-when-committed") /* busy bytes are not seen */      \
  _(overwrites_busy, "overwrites-busy")                                                    \
  _(overwrites_halves, "overwrites-halves")             /* not on record boundaries */     \
  _(hangs, "hangs")                                     /* in the middle of a case */      \
  _(dies, "dies")                                                                          \
  _(talks_nonsense, "talks-nonsense")

enum fault {
#define NAME(name, text) FAULT_##name,
  FAULTS(NAME)
#undef NAME
};

extern enum fault fault;
#define FAULTY(name) __builtin_expect(fault == FAULT_##name, 0)
