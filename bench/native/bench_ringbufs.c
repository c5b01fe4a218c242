/*
 * The kernel's own ring buffer benchmark, built anew: the same modes, options and defaults (ringbufs_settings.h), for the
 * ring and the perf buffers of the running kernel.
 *
 *   producer (cpu0) ──one call of a program: 500 records──► ring or perf buffers ──► consumer (cpu1), epoll_wait
 *                                                  main thread: looks at the counts ten times
 *
 * The original calls its program by a system call that it is attached to. Here it is BPF_PROG_TEST_RUN of a raw
 * tracepoint program: one system call for a batch as well, and nothing is attached to anything.
 *
 * What finds no room is dropped and counted by the program. At the end the books must balance: every number that was
 * given to a record came out once, in order, or was dropped.
 */
#define _GNU_SOURCE
#include "bpf.h"
#include "ringbufs_consumer.h"
#include "ringbufs_samples.h"
#include <pthread.h>

#define RINGBUFS_RING_BYTES (512u << 10)
/* <linux/bpf.h> of older systems does not have it. */
#define RB_OVERWRITE (1u << 19)

struct bench;

struct bench_producer {
  struct bench *bench;
  int program_fd;
  volatile struct tally *tally;
  bool pinned;
  pthread_t thread;
};

struct bench {
  struct ringbufs_settings settings;
  int ring_fd;
  struct perf_buffers buffers;
  struct consumer consumer;
  struct bench_producer producers[PRODUCERS_MAX];
  pthread_t consumer_thread;
  _Alignas(128) _Atomic bool stop;
};

static int create_ring(uint32_t flags) { return create_map(BPF_MAP_TYPE_RINGBUF, 0, 0, RINGBUFS_RING_BYTES, flags); }

static struct ring_view view_ring(int ring_fd) {
  uint8_t *consumer_page = map_or_leave(PAGE_BYTES, PROT_READ | PROT_WRITE, ring_fd, 0);
  uint8_t *producer_page = map_or_leave(PAGE_BYTES + 2 * RINGBUFS_RING_BYTES, PROT_READ, ring_fd, PAGE_BYTES);
  return (struct ring_view){(_Atomic uint64_t *)consumer_page, (_Atomic uint64_t *)producer_page,
                            producer_page + PAGE_BYTES, RINGBUFS_RING_BYTES - 1};
}

static void bench_open(struct bench *bench) {
  const struct ringbufs_settings *settings = &bench->settings;
  if (settings->perf)
    perf_buffers_open(&bench->buffers, settings->sampled ? settings->sample_rate : 1);
  else
    bench->ring_fd = create_ring(settings->overwrite ? RB_OVERWRITE : 0);
  for (uint32_t i = 0; i < settings->producers; i++) {
    struct bench_producer *producer = &bench->producers[i];
    int tally_fd = create_map(BPF_MAP_TYPE_ARRAY, 4, sizeof(struct tally), 1, BPF_F_MMAPABLE);
    producer->bench = bench;
    producer->tally = map_or_leave(sizeof(struct tally), PROT_READ | PROT_WRITE, tally_fd, 0);
    producer->tally->next = first_sequence(i);
    struct program program = batch_program(settings->perf ? bench->buffers.map_fd : bench->ring_fd, tally_fd, settings);
    /* The helper of perf buffers is only for programs with a licence that the kernel likes. */
    producer->program_fd =
        load_program(BPF_PROG_TYPE_RAW_TRACEPOINT, &program, settings->perf ? "Dual MIT/GPL" : "MIT");
  }
  bench->consumer.perf = settings->perf;
  bench->consumer.custom = settings->custom;
  bench->consumer.buffers = &bench->buffers;
  if (!settings->perf)
    bench->consumer.view = view_ring(bench->ring_fd);
  consumer_open(&bench->consumer, bench->ring_fd);
}

static void produce_batch(const struct bench_producer *producer) {
  union bpf_attr attributes;
  memset(&attributes, 0, sizeof attributes);
  attributes.test.prog_fd = (uint32_t)producer->program_fd;
  if (bpf(BPF_PROG_TEST_RUN, &attributes) != 0)
    fail("bpf(BPF_PROG_TEST_RUN): %s (needs Linux 5.10 or later)", strerror(errno));
}

/* Several producers stay free, and with them the consumer: there may be fewer cpus than threads. */
static bool pin_in(const struct bench *bench, int cpu) { return bench->settings.producers > 1 || pin_to(cpu); }

static void *run_bench_producer(void *self) {
  struct bench_producer *producer = self;
  struct bench *bench = producer->bench;
  producer->pinned = pin_in(bench, PRODUCER_CPU);
  while (!atomic_load_explicit(&bench->stop, memory_order_relaxed))
    produce_batch(producer);
  return NULL;
}

static void *run_bench_consumer(void *self) {
  struct bench *bench = self;
  bench->consumer.pinned = pin_in(bench, bench->settings.same_cpu ? PRODUCER_CPU : CONSUMER_CPU);
  while (consume_what_comes(&bench->consumer)) {
  }
  consume_rest(&bench->consumer);
  return NULL;
}

static void *run_back_to_back(void *self) {
  struct bench *bench = self;
  bench->producers[0].pinned = bench->consumer.pinned = pin_to(PRODUCER_CPU);
  do
    produce_batch(&bench->producers[0]);
  while (consume_what_comes(&bench->consumer));
  consume_rest(&bench->consumer);
  return NULL;
}

static void start(pthread_t *thread, void *run(void *), void *argument) {
  if (pthread_create(thread, NULL, run, argument) != 0)
    fail("no thread");
}

static uint64_t attempted(const struct bench *bench) {
  uint64_t sum = 0;
  for (uint32_t i = 0; i < bench->settings.producers; i++)
    sum += bench->producers[i].tally->next - first_sequence(i);
  return sum;
}

/* Without a consumer, what was put in are the hits. */
static struct counts read_counts(void *self) {
  const struct bench *bench = self;
  struct counts counts = {0, 0};
  for (uint32_t i = 0; i < bench->settings.producers; i++)
    counts.drops += bench->producers[i].tally->dropped;
  counts.hits = bench->settings.producer_only
                    ? attempted(bench) - counts.drops
                    : atomic_load_explicit(&bench->consumer.hits, memory_order_relaxed);
  return counts;
}

static void balance(const struct bench *bench) {
  struct counts counts = read_counts((void *)bench);
  if (counts.hits + counts.drops != attempted(bench) || bench->consumer.lost > counts.drops)
    fail("%lu records in, %lu out, %lu dropped, of which %lu are told of", (unsigned long)attempted(bench),
         (unsigned long)counts.hits, (unsigned long)counts.drops, (unsigned long)bench->consumer.lost);
}

static void run(struct bench *bench) {
  const struct ringbufs_settings *settings = &bench->settings;
  if (settings->back_to_back) {
    start(&bench->consumer_thread, run_back_to_back, bench);
  } else {
    if (!settings->producer_only)
      start(&bench->consumer_thread, run_bench_consumer, bench);
    for (uint32_t i = 0; i < settings->producers; i++)
      start(&bench->producers[i].thread, run_bench_producer, &bench->producers[i]);
  }
  struct rate hits, drops;
  sample(read_counts, bench, settings->warm_up, settings->seconds, &hits, &drops);
  atomic_store(&bench->stop, true);
  bool pinned = true;
  for (uint32_t i = 0; i < settings->producers && !settings->back_to_back; i++) {
    pthread_join(bench->producers[i].thread, NULL);
    pinned = pinned && bench->producers[i].pinned;
  }
  if (!settings->producer_only) {
    consumer_stop(&bench->consumer);
    pthread_join(bench->consumer_thread, NULL);
    pinned = pinned && bench->consumer.pinned;
  }
  balance(bench);
  if (hits.mean == 0)
    fail("no record came out in the measured time");
  printf("{\"value\": %.4f, \"pinned\": %s, \"cpuMs\": %.1f, \"extra\": {\"hitsDeviation\": %.4f, "
         "\"dropsPerSecond\": %.4f, \"dropsDeviation\": %.4f}}\n",
         hits.mean, pinned ? "true" : "false", cpu_milliseconds(), hits.deviation, drops.mean, drops.deviation);
}

/* Whether everything can be had: a ring, perf buffers, and their programs, run once. */
static void probe(struct bench *bench) {
  for (uint32_t perf = 0; perf <= 1; perf++) {
    bench->settings = (struct ringbufs_settings){.perf = perf, .batch_count = 1, .sample_rate = 1, .producers = 1};
    bench_open(bench);
    produce_batch(&bench->producers[0]);
  }
  printf("{}\n");
}

static void probe_overwrite(void) {
  union bpf_attr attributes;
  memset(&attributes, 0, sizeof attributes);
  attributes.map_type = BPF_MAP_TYPE_RINGBUF;
  attributes.max_entries = RINGBUFS_RING_BYTES;
  attributes.map_flags = RB_OVERWRITE;
  if (bpf(BPF_MAP_CREATE, &attributes) < 0)
    absent("BPF_F_RB_OVERWRITE: %s (the kernel has it from Linux 6.19)", strerror(errno));
  printf("{}\n");
}

int main(int argc, char **argv) {
  static struct bench bench;
  if (argc == 2 && strcmp(argv[1], "probe-overwrite") == 0) {
    probe_overwrite();
  } else if (argc == 2 && strcmp(argv[1], "probe") == 0) {
    probe(&bench);
  } else {
    bench.settings = ringbufs_settings_of(argc, argv);
    bench_open(&bench);
    run(&bench);
  }
  return 0;
}
