/*
 * A struct of eight fields through the kernel ring buffer's algorithm in C (c_ring.h): written in place, and every
 * field checked where it lies. The counterpart of src/payloads/struct.ts.
 */
#define _GNU_SOURCE
#include "c_ring.h"
#include "hand_off.h"

#define RECORDS_PER_PRODUCE 500u
#define ALONE_RECORDS 256u
#define ID_BYTES 16u
#define TIME_BASE 0x123400000000u
#define INODE_BASE 0x5600000000u

struct event {
  uint32_t sequence;
  uint32_t pid;
  uint64_t time_ns;
  double value;
  uint64_t inode;
  uint32_t size_bytes;
  int32_t code;
  uint8_t id[ID_BYTES];
};

_Static_assert(sizeof(struct event) == 56, "as in src/payloads/struct.ts");

static inline void write_event(struct event *event, uint32_t sequence) {
  event->sequence = sequence;
  event->pid = 1000 + (sequence & 0xff);
  event->time_ns = TIME_BASE + sequence;
  event->value = sequence * 0.5;
  event->inode = INODE_BASE + sequence;
  event->size_bytes = sequence ^ 0x5555;
  event->code = -1 - (int32_t)(sequence & 0xffff);
  for (uint32_t i = 0; i < ID_BYTES; i++)
    event->id[i] = (uint8_t)(sequence + i);
}

static inline bool is_whole(const struct event *event, uint32_t sequence) {
  bool whole = event->sequence == sequence && event->pid == 1000 + (sequence & 0xff) &&
               event->time_ns == TIME_BASE + sequence && event->value == sequence * 0.5 &&
               event->inode == INODE_BASE + sequence && event->size_bytes == (sequence ^ 0x5555) &&
               event->code == -1 - (int32_t)(sequence & 0xffff);
  for (uint32_t i = 0; i < ID_BYTES; i++)
    whole = whole && event->id[i] == (uint8_t)(sequence + i);
  return whole;
}

/* As `drain` of consumer.h, but it looks at every field. */
static uint64_t drain_events(void *ring, struct sequence_check *check, uint64_t limit) {
  struct ring_view view = ring_view_of(ring);
  uint64_t taken = 0;
  uint64_t consumer = atomic_load_explicit(view.consumer_position, memory_order_relaxed);
  uint64_t producer = atomic_load_explicit(view.producer_position, memory_order_acquire);
  while (consumer != producer && taken < limit) {
    struct record_header *header = (struct record_header *)(view.data + (consumer & view.mask));
    uint32_t word = atomic_load_explicit(&header->length, memory_order_acquire);
    if (word & RECORD_BUSY)
      break;
    const struct event *event = (const struct event *)((const uint8_t *)header + RECORD_HEADER_BYTES);
    if (word != sizeof(struct event) || !is_whole(event, (uint32_t)check->next[0]))
      fail("event %lu came out damaged", (unsigned long)check->next[0]);
    check->next[0]++;
    check->received++;
    consumer += record_bytes(word);
    atomic_store_explicit(view.consumer_position, consumer, memory_order_release);
    taken++;
  }
  return taken;
}

static void produce(struct producer *self) {
  for (uint64_t end = self->next + RECORDS_PER_PRODUCE; self->next < end; self->next++) {
    struct event *event;
    while ((event = ring_reserve(self->ring, sizeof *event)) == NULL) {
      if (atomic_load_explicit(&self->hand_off->stop, memory_order_relaxed))
        return;
      await_room(self);
    }
    write_event(event, (uint32_t)self->next);
    ring_submit(event);
  }
}

/* Each side alone, for its cpu time: as src/payloads/alone.ts does it. */
static void measure_alone(void *ring, const struct settings *settings) {
  pin_to(PRODUCER_CPU);
  struct sequence_check check;
  begin_check(&check, sizeof(struct event));
  double fill_seconds = 0, drain_seconds = 0;
  uint64_t records = 0;
  double begin = now_seconds(), measure_from = begin + settings->warm_up, end = measure_from + settings->seconds;
  for (double before = begin; before < end;) {
    for (uint32_t i = 0; i < ALONE_RECORDS; i++) {
      struct event *event = ring_reserve(ring, sizeof *event);
      if (event == NULL)
        fail("the ring was full before it was filled");
      write_event(event, (uint32_t)check.received + i);
      ring_submit(event);
    }
    double filled = now_seconds();
    if (drain_events(ring, &check, UINT64_MAX) != ALONE_RECORDS)
      fail("not all of %u records came out", ALONE_RECORDS);
    double drained = now_seconds();
    if (before >= measure_from) {
      fill_seconds += filled - before;
      drain_seconds += drained - filled;
      records += ALONE_RECORDS;
    }
    before = drained;
  }
  also_measured("producerNs", fill_seconds * 1e9 / (double)records);
  also_measured("consumerNs", drain_seconds * 1e9 / (double)records);
}

int main(int argc, char **argv) {
  if (is_probe(argc, argv)) {
    printf("{}\n");
    return 0;
  }
  struct settings settings = settings_of(argc, argv);
  if (!is_measurement(&settings, "hand-off") || settings.bytes != sizeof(struct event) || settings.producers != 1)
    fail("c_struct hands over events of %zu bytes, from one producer", sizeof(struct event));
  measure_alone(ring_create(settings.ring), &settings);
  static struct hand_off hand_off;
  hand_off.settings = settings;
  hand_off.ring = ring_create(settings.ring);
  hand_off.drain = drain_events;
  hand_off.produce = produce;
  run_hand_off(&hand_off, NULL);
  return 0;
}
