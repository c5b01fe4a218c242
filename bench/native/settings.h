/*
 * What a native benchmark program is told:
 *
 *   PROGRAM probe                                        whether it can run here: {} or {"absent": ...}
 *   PROGRAM MEASUREMENT WARM_UP_SECONDS SECONDS [key=value ...]
 *
 *   fill-drain   one thread fills and drains            fill_drain.h
 *   hand-off     producers hand records to a consumer   hand_off.h
 *   wake-up      a lonely record wakes a consumer       wake_up.h
 *   loaded       so many records a second               loaded.h
 *   offered      as many: how many of them are lost     offered.h
 *
 * The counterpart of NativeMeasurement in src/contestant.ts.
 */
#ifndef SETTINGS_H
#define SETTINGS_H

#include "bench.h"
#include <string.h>

#define PRODUCERS_MAX 16u

struct settings {
  const char *measurement;
  double warm_up, seconds;
  uint32_t bytes;     /* payload of a record; 64 unless said */
  uint32_t producers; /* threads; 1 unless said */
  uint32_t batch;     /* records that enter the ring with one call; 1 unless said */
  uint32_t rate;      /* records a second, of the measurements `loaded` and `offered` */
  uint32_t ring;      /* bytes of the ring, a power of two; 1 MiB unless said */
  uint32_t work;      /* ns that the consumer works on each record, of `offered` */
  bool bursts;        /* bursts=1: ten times as many in one millisecond of ten, else none, of `offered` */
  bool paced;         /* paced=1: the consumer waits 2 us after it found the ring empty */
  bool poll;          /* poll=1: in `wake-up` the consumer never sleeps */
  bool output;        /* output=1: records are copied in with one call, not reserved and filled */
};

static inline bool is_probe(int argc, char **argv) { return argc == 2 && strcmp(argv[1], "probe") == 0; }

static inline bool is_measurement(const struct settings *settings, const char *name) {
  return strcmp(settings->measurement, name) == 0;
}

static struct settings settings_of(int argc, char **argv) {
  struct settings settings = {.measurement = "probe", .bytes = 64, .producers = 1, .batch = 1, .ring = 1u << 20};
  if (is_probe(argc, argv))
    return settings;
  if (argc < 4)
    fail("usage: probe | MEASUREMENT WARM_UP_SECONDS SECONDS [key=value ...]");
  settings.measurement = argv[1];
  settings.warm_up = atof(argv[2]);
  settings.seconds = atof(argv[3]);
  for (int i = 4; i < argc; i++) {
    unsigned value;
    if (sscanf(argv[i], "bytes=%u", &value) == 1)
      settings.bytes = value;
    else if (sscanf(argv[i], "producers=%u", &value) == 1)
      settings.producers = value;
    else if (sscanf(argv[i], "batch=%u", &value) == 1)
      settings.batch = value;
    else if (sscanf(argv[i], "rate=%u", &value) == 1)
      settings.rate = value;
    else if (sscanf(argv[i], "ring=%u", &value) == 1)
      settings.ring = value;
    else if (sscanf(argv[i], "work=%u", &value) == 1)
      settings.work = value;
    else if (sscanf(argv[i], "bursts=%u", &value) == 1)
      settings.bursts = value != 0;
    else if (sscanf(argv[i], "paced=%u", &value) == 1)
      settings.paced = value != 0;
    else if (sscanf(argv[i], "poll=%u", &value) == 1)
      settings.poll = value != 0;
    else if (sscanf(argv[i], "output=%u", &value) == 1)
      settings.output = value != 0;
    else
      fail("there is no setting %s", argv[i]);
  }
  if (settings.bytes < 8 || settings.bytes % 8 != 0 || settings.producers == 0 || settings.producers > PRODUCERS_MAX ||
      settings.batch == 0)
    fail("%u bytes, %u producers, batches of %u: out of range", settings.bytes, settings.producers, settings.batch);
  if (settings.ring < 4096 || (settings.ring & (settings.ring - 1)) != 0)
    fail("a ring of %u bytes: it must be a power of two, and 4096 at least", settings.ring);
  return settings;
}

#endif
