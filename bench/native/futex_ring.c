/*
 * The same ring as c_kernel, but its consumer sleeps: on the ring's sleep word, with FUTEX_WAIT, and the producer
 * wakes it by the kernel's rule, with FUTEX_WAKE, only when it sleeps and has caught up with the record. What a
 * wake-up costs where nothing is in between: the yardstick of `idle-wakeup`.
 */
#define _GNU_SOURCE
#include "c_ring.h"
#include "wake_up.h"

static void send_record(void *ring, uint64_t sequence) {
  uint64_t *payload = ring_reserve(ring, WAKE_UP_BYTES);
  if (payload == NULL)
    fail("the ring was full of lonely records");
  payload[0] = sequence;
  payload[1] = now_ns();
  ring_submit(payload);
}

static bool wait_for_record(void *ring, const struct ring_view *view) { return ring_sleep(ring, view); }

int main(int argc, char **argv) {
  struct ring *ring = ring_create();
  if (argc == 2 && strcmp(argv[1], "probe") == 0) {
    printf("{}\n");
    return 0;
  }
  if (argc != 4 || strcmp(argv[1], "idle-wakeup") != 0)
    fail("usage: futex_ring probe | idle-wakeup WARM_UP_SECONDS SECONDS");
  struct ring_view view = ring_view_of(ring);
  static struct wake_up wake_up;
  wake_up.ring = ring;
  wake_up.view = &view;
  wake_up.send = send_record;
  wake_up.wait = wait_for_record;
  run_wake_up(&wake_up, atof(argv[2]), atof(argv[3]));
  return 0;
}
