/*
 * What the benchmark prints: hits and drops in million a second, as the mean of the intervals that the measured time
 * is cut into, and how much the intervals deviate from it. (The original's intervals are seconds.)
 */
#ifndef RINGBUFS_SAMPLES_H
#define RINGBUFS_SAMPLES_H

#include "bench.h"
#include <errno.h>
#include <math.h>

/* The same as in src/ringbufs/samples.ts. */
#define INTERVALS 10

struct counts {
  uint64_t hits, drops;
};

struct rate {
  double mean, deviation;
};

static struct rate rate_of(const double *per_second) {
  double sum = 0, squares = 0;
  for (int i = 0; i < INTERVALS; i++)
    sum += per_second[i];
  double mean = sum / INTERVALS;
  for (int i = 0; i < INTERVALS; i++)
    squares += (per_second[i] - mean) * (per_second[i] - mean);
  return (struct rate){mean, sqrt(squares / (INTERVALS - 1))};
}

static void sleep_until(double time) {
  struct timespec due = {(time_t)time, (long)((time - (double)(time_t)time) * 1e9)};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL) == EINTR) {
  }
}

/* Reads the counts at the end of the warm-up and of each interval. */
static void sample(struct counts (*read)(void *self), void *self, double warm_up, double seconds, struct rate *hits,
                   struct rate *drops) {
  double hits_a_second[INTERVALS], drops_a_second[INTERVALS];
  sleep_until(now_seconds() + warm_up);
  double before = now_seconds();
  struct counts last = read(self);
  for (int i = 0; i < INTERVALS; i++) {
    /* From where the last one really ended: among many threads this one may be late. */
    sleep_until(before + seconds / INTERVALS);
    double now = now_seconds();
    struct counts counts = read(self);
    hits_a_second[i] = (double)(counts.hits - last.hits) / (now - before) / 1e6;
    drops_a_second[i] = (double)(counts.drops - last.drops) / (now - before) / 1e6;
    before = now;
    last = counts;
  }
  *hits = rate_of(hits_a_second);
  *drops = rate_of(drops_a_second);
}

#endif
