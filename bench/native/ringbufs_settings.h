/*
 * The options of the kernel's own ring buffer benchmark, with its defaults, as bench_ringbufs.c gets them:
 *
 *   bench_ringbufs ringbufs WARM_UP_SECONDS SECONDS [key=value ...]
 *
 * The counterpart of src/ringbufs/options.ts, where each is explained.
 */
#ifndef RINGBUFS_SETTINGS_H
#define RINGBUFS_SETTINGS_H

#include "settings.h"
#include <stddef.h>
#include <string.h>

struct ringbufs_settings {
  double warm_up, seconds;
  uint32_t perf;          /* a perf buffer for each cpu, instead of a ring */
  uint32_t custom;        /* the consumer has a loop of its own, instead of the library's */
  uint32_t back_to_back;  /* one thread, which produces a batch and consumes it, in turns */
  uint32_t output;        /* records are copied in with one call, not reserved and filled */
  uint32_t batch_count;   /* records of one call of the program */
  uint32_t sampled;       /* the consumer is woken for every so many records only: */
  uint32_t sample_rate;   /* for this many */
  uint32_t producers;     /* threads */
  uint32_t same_cpu;      /* producer and consumer share cpu 0 */
  uint32_t overwrite;     /* a full ring gives up its oldest records */
  uint32_t producer_only; /* nobody consumes, nobody is woken */
};

static struct ringbufs_settings ringbufs_settings_of(int argc, char **argv) {
  struct ringbufs_settings settings = {.batch_count = 500, .sample_rate = 500, .producers = 1};
  const struct {
    const char *name;
    uint32_t *value;
  } known[] = {{"perf", &settings.perf},
               {"custom", &settings.custom},
               {"backToBack", &settings.back_to_back},
               {"output", &settings.output},
               {"batchCount", &settings.batch_count},
               {"sampled", &settings.sampled},
               {"sampleRate", &settings.sample_rate},
               {"producers", &settings.producers},
               {"sameCpu", &settings.same_cpu},
               {"overwrite", &settings.overwrite},
               {"producerOnly", &settings.producer_only}};
  if (argc < 4 || strcmp(argv[1], "ringbufs") != 0)
    fail("usage: probe | probe-overwrite | ringbufs WARM_UP_SECONDS SECONDS [key=value ...]");
  settings.warm_up = atof(argv[2]);
  settings.seconds = atof(argv[3]);
  for (int i = 4; i < argc; i++) {
    const char *equals = strchr(argv[i], '=');
    size_t length = equals ? (size_t)(equals - argv[i]) : 0, k = 0;
    while (k < sizeof known / sizeof known[0] &&
           (strlen(known[k].name) != length || strncmp(argv[i], known[k].name, length) != 0))
      k++;
    if (k == sizeof known / sizeof known[0])
      fail("there is no setting %s", argv[i]);
    *known[k].value = (uint32_t)strtoul(equals + 1, NULL, 10);
  }
  if (settings.producers == 0 || settings.producers > PRODUCERS_MAX || settings.batch_count == 0 ||
      settings.sample_rate == 0)
    fail("%u producers, batches of %u, rate %u: out of range", settings.producers, settings.batch_count,
         settings.sample_rate);
  if (settings.back_to_back && (settings.producers != 1 || settings.producer_only))
    fail("back to back is one thread that does both");
  /* The flags of a commit are found out before the record is there: with the last of a batch, one is missing. */
  if (settings.back_to_back && settings.sampled && settings.output && settings.batch_count <= settings.sample_rate)
    fail("batches of %u by output never wake a consumer that is woken for %u", settings.batch_count,
         settings.sample_rate);
  return settings;
}

#endif
