/*
 * The ring buffer of the running Linux kernel, driven through bpf(2) alone.
 *
 *   main thread ──BPF_PROG_TEST_RUN──► program: 500 records in a loop ──► kernel ring ──mmap──► consumer in C
 *
 * The producer is therefore inside the kernel nearly all the time, and one system call is shared by thousands of
 * records. Nothing is subtracted: the figures contain the loop, the mitigations and the test-run machinery.
 * A kernel ring cannot make its producer wait, so what does not fit is dropped, counted and reported.
 *
 * "feed" has no consumer: the program says which ring it is, and feeds it until its input ends. So a
 * consumer in another language meets the same producer.
 */
#define _GNU_SOURCE
#include "bpf.h"
#include "fill_drain.h"
#include "hand_off.h"
#include "loaded.h"
#include "offered.h"
#include "program.h"
#include "wake_up.h"
#include <sys/epoll.h>

/* Programs between two looks at the stop flag: 4000 records, a quarter of a millisecond. */
#define PROGRAMS_PER_PRODUCE 8u

/* Records of a program that offers them evenly: the fewer the evener, but each run costs something by itself. */
#define RECORDS_PER_OFFER 10u

/* A program that produces, and what it has counted. */
struct kernel_producer {
  int books_fd, program_fd;
  volatile struct books *books;
};

struct kernel_ring {
  int ring_fd, epoll_fd;
  struct ring_view view;
  struct kernel_producer producers[PRODUCERS_MAX];
};

static void run_program(int program_fd, uint32_t times) {
  static uint8_t packet[64]; /* the program never looks at it, but a packet must have an Ethernet header */
  union bpf_attr attributes;
  memset(&attributes, 0, sizeof attributes);
  attributes.test.prog_fd = (uint32_t)program_fd;
  attributes.test.repeat = times;
  attributes.test.data_in = (uintptr_t)packet;
  attributes.test.data_size_in = sizeof packet;
  if (bpf(BPF_PROG_TEST_RUN, &attributes) != 0)
    fail("bpf(BPF_PROG_TEST_RUN): %s", strerror(errno));
}

static struct kernel_ring kernel_ring_create(uint32_t bytes) {
  struct kernel_ring ring = {.ring_fd = create_map(BPF_MAP_TYPE_RINGBUF, 0, 0, bytes, 0)};
  uint8_t *consumer_page = map_or_leave(PAGE_BYTES, PROT_READ | PROT_WRITE, ring.ring_fd, 0);
  uint8_t *producer_page = map_or_leave(PAGE_BYTES + 2 * (size_t)bytes, PROT_READ, ring.ring_fd, PAGE_BYTES);
  ring.view = (struct ring_view){(_Atomic uint64_t *)consumer_page, (_Atomic uint64_t *)producer_page,
                                 producer_page + PAGE_BYTES, bytes - 1};
  return ring;
}

typedef struct program make_program(int ring_fd, int books_fd, const struct settings *settings);

static void add_producer(struct kernel_ring *ring, uint32_t index, make_program *make, const struct settings *settings) {
  struct kernel_producer *producer = &ring->producers[index];
  producer->books_fd = create_map(BPF_MAP_TYPE_ARRAY, 4, sizeof(struct books), 1, BPF_F_MMAPABLE);
  producer->books = map_or_leave(sizeof(struct books), PROT_READ | PROT_WRITE, producer->books_fd, 0);
  producer->books->next = first_sequence(index);
  struct program program = make(ring->ring_fd, producer->books_fd, settings);
  producer->program_fd = load_program(BPF_PROG_TYPE_SCHED_CLS, &program, "MIT");
}

static struct program make_filling(int ring_fd, int books_fd, const struct settings *settings) {
  (void)settings;
  return reserve_submit_program(ring_fd, books_fd, RECORDS_PER_PROGRAM, 0);
}

/* Nobody sleeps: spare it the wake-ups. */
static struct program make_output(int ring_fd, int books_fd, const struct settings *settings) {
  return output_program(ring_fd, books_fd, RECORDS_PER_PROGRAM, (int)settings->bytes, BPF_RB_NO_WAKEUP);
}

static struct program make_offer(int ring_fd, int books_fd, const struct settings *settings) {
  (void)settings;
  return output_program(ring_fd, books_fd, RECORDS_PER_OFFER, OFFERED_BYTES, BPF_RB_NO_WAKEUP);
}

static struct program make_stamped(int ring_fd, int books_fd, const struct settings *settings) {
  (void)settings;
  return stamped_program(ring_fd, books_fd);
}

static struct program make_due(int ring_fd, int books_fd, const struct settings *settings) {
  (void)settings;
  return due_program(ring_fd, books_fd);
}

static void fill(void *self, uint64_t first) {
  struct kernel_ring *ring = self;
  (void)first; /* the program numbers the records itself */
  run_program(ring->producers[0].program_fd, PROGRAMS_PER_FILL);
}

static uint64_t drain_ring(void *self, struct sequence_check *check, uint64_t limit) {
  return drain(&((struct kernel_ring *)self)->view, check, limit);
}

static void produce(struct producer *self) {
  struct kernel_producer *producer = self->ring;
  uint64_t attempted_before = self->next, accepted_before = producer->books->accepted;
  producer->books->next = self->next;
  run_program(producer->program_fd, PROGRAMS_PER_PRODUCE);
  self->next = producer->books->next;
  self->dropped += (self->next - attempted_before) - (producer->books->accepted - accepted_before);
}

/* The program numbers the records itself, and offers so many at a time. */
static uint64_t offer(void *self, uint64_t first, uint64_t count) {
  struct kernel_producer *producer = self;
  (void)first;
  uint64_t accepted_before = producer->books->accepted;
  run_program(producer->program_fd, (uint32_t)(count / RECORDS_PER_OFFER));
  return producer->books->accepted - accepted_before;
}

static void send_record(void *self, uint64_t sequence) {
  struct kernel_ring *ring = self;
  (void)sequence; /* the program numbers the records itself */
  run_program(ring->producers[0].program_fd, 1);
}

static void begin_schedule(void *self, const struct schedule *schedule) {
  struct kernel_ring *ring = self;
  ring->producers[0].books->start_ns = schedule->start_ns;
  ring->producers[0].books->interval_ns = schedule->interval_ns;
}

/* The program stamps each record by the schedule, so one call sends all that are due. Its ring does not make it wait. */
static uint32_t send_due(void *self, const struct schedule *schedule, uint64_t sequence, uint32_t most) {
  struct kernel_ring *ring = self;
  (void)schedule;
  (void)sequence; /* the program numbers the records itself */
  run_program(ring->producers[0].program_fd, most);
  return most;
}

static uint64_t dropped_records(void *self) {
  const volatile struct books *books = ((struct kernel_ring *)self)->producers[0].books;
  return books->next - books->accepted;
}

static bool wait_for_record(void *self, const struct ring_view *view) {
  struct kernel_ring *ring = self;
  struct epoll_event event;
  bool slept = !is_ready(view);
  epoll_wait(ring->epoll_fd, &event, 1, 100);
  return slept;
}

static void open_epoll(struct kernel_ring *ring) {
  struct epoll_event interest = {.events = EPOLLIN};
  ring->epoll_fd = epoll_create1(0);
  if (ring->epoll_fd < 0 || epoll_ctl(ring->epoll_fd, EPOLL_CTL_ADD, ring->ring_fd, &interest) != 0)
    fail("epoll of the ring: %s", strerror(errno));
}

static void *await_end_of_input(void *stop) {
  while (getchar() != EOF) {
  }
  atomic_store((_Atomic bool *)stop, true);
  return NULL;
}

/* Prints {"ringId": ...}, feeds the ring from cpu 0, and at the end prints what it has attempted and dropped. */
static void feed(struct kernel_ring *ring) {
  struct bpf_map_info info = {0};
  union bpf_attr attributes;
  memset(&attributes, 0, sizeof attributes);
  attributes.info.bpf_fd = (uint32_t)ring->ring_fd;
  attributes.info.info_len = sizeof info;
  attributes.info.info = (uintptr_t)&info;
  if (bpf(BPF_OBJ_GET_INFO_BY_FD, &attributes) != 0)
    fail("bpf(BPF_OBJ_GET_INFO_BY_FD): %s", strerror(errno));
  static _Atomic bool stop;
  pthread_t listener;
  if (pthread_create(&listener, NULL, await_end_of_input, &stop) != 0)
    fail("no thread for the input");
  struct producer producer = {.ring = &ring->producers[0], .pinned = pin_to(PRODUCER_CPU)};
  printf("{\"ringId\": %u, \"pinned\": %s}\n", info.id, producer.pinned ? "true" : "false");
  fflush(stdout);
  while (!atomic_load_explicit(&stop, memory_order_relaxed))
    produce(&producer);
  printf("{\"attempted\": %lu, \"dropped\": %lu, \"cpuMs\": %.1f}\n", (unsigned long)producer.next,
         (unsigned long)producer.dropped, cpu_milliseconds());
}

int main(int argc, char **argv) {
  static struct kernel_ring ring;
  struct settings settings = settings_of(argc, argv);
  ring = kernel_ring_create(settings.ring);
  if (is_probe(argc, argv)) {
    add_producer(&ring, 0, make_output, &settings);
    run_program(ring.producers[0].program_fd, 1);
    printf("{}\n");
    return 0;
  }
  if (settings.bytes > PAYLOAD_BYTES_MAX)
    fail("%u bytes are more than the program holds", settings.bytes);
  if (is_measurement(&settings, "feed")) {
    add_producer(&ring, 0, make_output, &settings);
    feed(&ring);
  } else if (is_measurement(&settings, "fill-drain")) {
    add_producer(&ring, 0, make_filling, &settings);
    run_fill_drain(&ring, fill, drain_ring, &settings);
  } else if (is_measurement(&settings, "wake-up")) {
    add_producer(&ring, 0, make_stamped, &settings);
    open_epoll(&ring);
    static struct wake_up wake_up;
    wake_up.ring = &ring;
    wake_up.view = &ring.view;
    wake_up.send = send_record;
    wake_up.wait = wait_for_record;
    run_wake_up(&wake_up, &settings);
  } else if (is_measurement(&settings, "loaded")) {
    add_producer(&ring, 0, make_due, &settings);
    open_epoll(&ring);
    static struct loaded loaded;
    loaded.settings = settings;
    loaded.ring = &ring;
    loaded.view = &ring.view;
    loaded.begin = begin_schedule;
    loaded.send = send_due;
    loaded.wait = settings.poll ? NULL : wait_for_record;
    loaded.dropped = dropped_records;
    run_loaded(&loaded);
  } else if (is_measurement(&settings, "offered")) {
    add_producer(&ring, 0, make_offer, &settings);
    static struct offered offered;
    offered.settings = settings;
    offered.producer = &ring.producers[0];
    offered.consumer = &ring;
    offered.drain = drain_ring;
    offered.offer = offer;
    offered.grain = RECORDS_PER_OFFER;
    run_offered(&offered);
  } else if (is_measurement(&settings, "hand-off")) {
    static struct hand_off hand_off;
    static void *rings[PRODUCERS_MAX];
    for (uint32_t i = 0; i < settings.producers; i++) {
      add_producer(&ring, i, make_output, &settings);
      rings[i] = &ring.producers[i];
    }
    hand_off.settings = settings;
    hand_off.ring = &ring;
    hand_off.drain = drain_ring;
    hand_off.produce = produce;
    run_hand_off(&hand_off, rings);
  } else {
    fail("kernel_ring does not know the measurement %s", settings.measurement);
  }
  return 0;
}
