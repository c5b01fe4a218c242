/*
 * The kernel ring buffer's algorithm in user-space C (c_ring.h): what the same rules cost without system calls,
 * without retpolines and without JavaScript. The yardstick of the suite `core`; its consumer polls.
 */
#define _GNU_SOURCE
#include "c_ring.h"
#include "fill_drain.h"
#include "hand_off.h"

static void fill(void *self, uint64_t sequence) {
  for (uint64_t end = sequence + RECORDS_PER_FILL; sequence < end; sequence++) {
    uint64_t *payload = ring_reserve(self, 8);
    if (payload == NULL)
      fail("the ring was full before it was filled");
    *payload = sequence;
    ring_submit(payload);
  }
}

static uint64_t produce(void *self, uint64_t *next, _Atomic bool *stop) {
  static uint64_t source[HAND_OFF_BYTES / 8]; /* private to the only producer */
  for (uint64_t end = *next + RECORDS_PER_PROGRAM; *next < end; ++*next) {
    uint8_t *payload;
    while ((payload = ring_reserve(self, HAND_OFF_BYTES)) == NULL) {
      if (atomic_load_explicit(stop, memory_order_relaxed))
        return 0;
      relax();
    }
    source[0] = *next;
    memcpy(payload, source, HAND_OFF_BYTES);
    ring_submit(payload);
  }
  return 0;
}

int main(int argc, char **argv) {
  struct ring *ring = ring_create();
  struct ring_view view = ring_view_of(ring);
  if (argc == 2 && strcmp(argv[1], "probe") == 0) {
    printf("{}\n");
    return 0;
  }
  if (argc < 4)
    fail("usage: c_kernel probe | CASE WARM_UP_SECONDS SECONDS [paced]");
  double warm_up = atof(argv[2]), seconds = atof(argv[3]);
  if (strcmp(argv[1], "reserve-submit-8B") == 0) {
    run_fill_drain(ring, &view, fill, warm_up, seconds);
  } else if (strcmp(argv[1], "throughput-1p1c-64B") == 0) {
    static struct hand_off hand_off;
    hand_off.ring = ring;
    hand_off.view = &view;
    hand_off.produce = produce;
    hand_off.paced = argc == 5 && strcmp(argv[4], "paced") == 0;
    run_hand_off(&hand_off, warm_up, seconds);
  } else {
    fail("c_kernel does not know the case %s", argv[1]);
  }
  return 0;
}
