/*
 * The kernel ring buffer's algorithm in user-space C (c_ring.h): what the same rules cost without system calls,
 * without retpolines and without JavaScript. The yardstick; its consumer polls, or sleeps on a futex.
 */
#define _GNU_SOURCE
#include "c_ring.h"
#include "fill_drain.h"
#include "hand_off.h"
#include "loaded.h"
#include "offered.h"
#include "wake_up.h"

#define RECORDS_PER_PRODUCE 500u

static void fill(void *ring, uint64_t sequence) {
  for (uint64_t end = sequence + RECORDS_PER_FILL; sequence < end; sequence++) {
    uint64_t *payload = ring_reserve(ring, FILL_BYTES);
    if (payload == NULL)
      fail("the ring was full before it was filled");
    *payload = sequence;
    ring_submit(payload);
  }
}

static uint64_t drain_ring(void *ring, struct sequence_check *check, uint64_t limit) {
  struct ring_view view = ring_view_of(ring);
  return drain(&view, check, limit);
}

static void produce(struct producer *self) {
  uint32_t bytes = self->hand_off->settings.bytes;
  for (uint64_t end = self->next + RECORDS_PER_PRODUCE; self->next < end; self->next++) {
    uint8_t *payload;
    while ((payload = ring_reserve(self->ring, bytes)) == NULL) {
      if (atomic_load_explicit(&self->hand_off->stop, memory_order_relaxed))
        return;
      await_room(self);
    }
    self->payload[0] = self->next;
    memcpy(payload, self->payload, bytes);
    ring_submit(payload);
  }
}

static void send_record(void *ring, uint64_t sequence) {
  uint64_t *payload = ring_reserve(ring, WAKE_UP_BYTES);
  if (payload == NULL)
    fail("the ring was full of lonely records");
  payload[0] = sequence;
  payload[1] = now_ns();
  ring_submit(payload);
}

static uint32_t send_due(void *ring, const struct schedule *schedule, uint64_t sequence, uint32_t most) {
  (void)most;
  uint64_t *payload = ring_reserve(ring, LOADED_BYTES);
  if (payload == NULL)
    return 0;
  payload[0] = sequence;
  payload[1] = due_ns(schedule, sequence);
  ring_submit(payload);
  return 1;
}

static uint64_t offer(void *ring, uint64_t first, uint64_t count) {
  uint64_t accepted = 0;
  for (uint64_t sequence = first; sequence < first + count; sequence++) {
    uint64_t *payload = ring_reserve(ring, OFFERED_BYTES);
    if (payload == NULL)
      continue;
    fill_payload(payload, sequence);
    ring_submit(payload);
    accepted++;
  }
  return accepted;
}

static bool wait_for_record(void *ring, const struct ring_view *view) { return ring_sleep(ring, view); }

/* Never sleeps. */
static bool poll_for_record(void *ring, const struct ring_view *view) {
  (void)ring;
  while (!is_ready(view))
    relax();
  return false;
}

int main(int argc, char **argv) {
  struct settings settings = settings_of(argc, argv);
  struct ring *ring = ring_create(settings.ring);
  if (is_probe(argc, argv)) {
    printf("{}\n");
    return 0;
  }
  if (is_measurement(&settings, "fill-drain")) {
    run_fill_drain(ring, fill, drain_ring, &settings);
  } else if (is_measurement(&settings, "hand-off")) {
    static struct hand_off hand_off;
    hand_off.settings = settings;
    hand_off.ring = ring;
    hand_off.drain = drain_ring;
    hand_off.produce = produce;
    run_hand_off(&hand_off, NULL);
  } else if (is_measurement(&settings, "wake-up")) {
    struct ring_view view = ring_view_of(ring);
    static struct wake_up wake_up;
    wake_up.ring = ring;
    wake_up.view = &view;
    wake_up.send = send_record;
    wake_up.wait = settings.poll ? poll_for_record : wait_for_record;
    run_wake_up(&wake_up, &settings);
  } else if (is_measurement(&settings, "loaded")) {
    struct ring_view view = ring_view_of(ring);
    static struct loaded loaded;
    loaded.settings = settings;
    loaded.ring = ring;
    loaded.view = &view;
    loaded.send = send_due;
    run_loaded(&loaded);
  } else if (is_measurement(&settings, "offered")) {
    static struct offered offered;
    offered.settings = settings;
    offered.producer = ring;
    offered.consumer = ring;
    offered.drain = drain_ring;
    offered.offer = offer;
    run_offered(&offered);
  } else {
    fail("c_kernel does not know the measurement %s", settings.measurement);
  }
  return 0;
}
