/*
 * How many records waited how long, in the buckets of an HDR histogram: every value is kept to three digits, whether
 * it is 300 ns or 30 s, so the longest delay costs no more memory than the shortest.
 *
 *   value, ns     0 .. 2047        2048 .. 4095      4096 .. 8191      ...
 *   bucket of     1 ns, 2048       2 ns, 1024        4 ns, 1024        twice as wide each time, 1024 of them
 *
 * The buckets are those of the library that the other half uses (src/latency/histogram.ts), so runs of C and of
 * JavaScript are merged and shown by one code.
 */
#ifndef HISTOGRAM_H
#define HISTOGRAM_H

#include "bench.h"

#define HALF_BITS 10u
#define HALF (1u << HALF_BITS)        /* buckets to each power of two */
#define LONGEST_NS ((1ull << 36) - 1) /* 68 seconds; what is longer counts as that */
#define BUCKETS ((36u - HALF_BITS) * HALF)

struct histogram {
  uint64_t counts[BUCKETS];
  uint64_t total;
};

static inline uint32_t bucket_of(uint64_t ns) {
  uint32_t doublings = ns < 2 * HALF ? 0 : 63u - HALF_BITS - (uint32_t)__builtin_clzll(ns);
  return doublings * HALF + (uint32_t)(ns >> doublings);
}

/* The shortest time that falls into a bucket. */
static inline uint64_t bucket_begins(uint32_t bucket) {
  uint32_t doublings = bucket < 2 * HALF ? 0 : bucket / HALF - 1;
  return (uint64_t)(bucket - doublings * HALF) << doublings;
}

static inline void enter(struct histogram *histogram, uint64_t ns) {
  if (ns > LONGEST_NS)
    ns = LONGEST_NS;
  histogram->counts[bucket_of(ns)]++;
  histogram->total++;
}

/* The time, in us, within which so many of ten thousand records were there: the longest of its bucket. */
static double within_us(const struct histogram *histogram, uint64_t of_ten_thousand) {
  uint64_t wanted = (histogram->total * of_ten_thousand + 9999) / 10000, so_far = 0;
  for (uint32_t bucket = 0; bucket < BUCKETS; bucket++) {
    so_far += histogram->counts[bucket];
    if (so_far >= wanted)
      return (double)(bucket_begins(bucket + 1) - 1) / 1e3;
  }
  return 0;
}

/*
 * Prints what was measured. The figure is the time for so many of ten thousand; the counts stand beside it as
 * [[ns, records], ...]. `more` are further side figures, each with a comma behind it.
 */
static void print_histogram(const struct histogram *histogram, uint64_t of_ten_thousand, bool pinned, const char *more) {
  if (histogram->total == 0)
    fail("no record came in the measured time");
  printf("{\"value\": %.3f, \"pinned\": %s, \"cpuMs\": %.1f, \"extra\": {%s", within_us(histogram, of_ten_thousand),
         pinned ? "true" : "false", cpu_milliseconds(), more);
  printf("\"p50Us\": %.3f, \"p90Us\": %.3f, \"p99Us\": %.3f, \"p999Us\": %.3f, \"maxUs\": %.3f, \"samples\": %lu}",
         within_us(histogram, 5000), within_us(histogram, 9000), within_us(histogram, 9900),
         within_us(histogram, 9990), within_us(histogram, 10000), (unsigned long)histogram->total);
  const char *comma = "";
  printf(", \"histogram\": [");
  for (uint32_t bucket = 0; bucket < BUCKETS; bucket++) {
    if (histogram->counts[bucket] == 0)
      continue;
    printf("%s[%lu,%lu]", comma, (unsigned long)bucket_begins(bucket), (unsigned long)histogram->counts[bucket]);
    comma = ",";
  }
  printf("]}\n");
}

#endif
