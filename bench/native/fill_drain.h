/*
 * One thread fills the empty ring, then drains it, again and again; both halves are timed on their own.
 *
 *   main (cpu0) ──fill──► ring (1 MiB) ──drain──► main (cpu0)
 *
 * The figure is ns a record while filling. Nobody else touches the ring: this is what the protocol itself costs.
 */
#ifndef FILL_DRAIN_H
#define FILL_DRAIN_H

#include "consumer.h"

/* 131 programs of 500 records: the most that 1 MiB holds of 16-byte records, when put in 500 at a time. */
#define RECORDS_PER_PROGRAM 500u
#define PROGRAMS_PER_FILL 131u
#define RECORDS_PER_FILL (RECORDS_PER_PROGRAM * PROGRAMS_PER_FILL)

#define FILL_BYTES 8u

/* Puts RECORDS_PER_FILL records of 8 bytes in, numbered from `first` on. */
typedef void fill_function(void *ring, uint64_t first);
/* Takes what is ready, at most `limit` records; answers how many it took. */
typedef uint64_t drain_function(void *ring, struct sequence_check *check, uint64_t limit);

static void run_fill_drain(void *ring, fill_function *fill, drain_function *drain, const struct settings *settings) {
  bool pinned = pin_to(PRODUCER_CPU);
  struct sequence_check check;
  begin_check(&check, FILL_BYTES);
  double fill_seconds = 0, drain_seconds = 0;
  uint64_t records = 0;
  double begin = now_seconds(), measure_from = begin + settings->warm_up, end = measure_from + settings->seconds;
  for (double before = begin; before < end;) {
    fill(ring, check.next[0]);
    double filled = now_seconds();
    uint64_t taken = drain(ring, &check, UINT64_MAX);
    double drained = now_seconds();
    if (taken != RECORDS_PER_FILL || check.missing != 0)
      fail("%lu of %u records came out", (unsigned long)taken, RECORDS_PER_FILL);
    if (before >= measure_from) {
      fill_seconds += filled - before;
      drain_seconds += drained - filled;
      records += taken;
    }
    before = drained;
  }
  if (records == 0)
    fail("no fill fitted into the measured time");
  measured(fill_seconds * 1e9 / (double)records, pinned, "drainNs", drain_seconds * 1e9 / (double)records);
}

#endif
