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

/* Puts RECORDS_PER_FILL records of 8 bytes in, numbered from `first_sequence` on. */
typedef void fill_function(void *ring, uint64_t first_sequence);

static void run_fill_drain(void *ring, const struct ring_view *view, fill_function *fill, double warm_up,
                           double seconds) {
  bool pinned = pin_to(PRODUCER_CPU);
  struct sequence_check check = {.payload_bytes = 8};
  double fill_seconds = 0, drain_seconds = 0;
  uint64_t records = 0;
  double begin = now_seconds(), measure_from = begin + warm_up, end = measure_from + seconds;
  for (double before = begin; before < end;) {
    fill(ring, check.next);
    double filled = now_seconds();
    uint64_t taken = drain(view, &check, UINT64_MAX);
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
