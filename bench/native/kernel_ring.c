/*
 * The ring buffer of the running Linux kernel, driven through bpf(2) alone.
 *
 *   main thread ──BPF_PROG_TEST_RUN──► program: 500 records in a loop ──► kernel ring ──mmap──► consumer in C
 *
 * The producer is therefore inside the kernel nearly all the time, and one system call is shared by thousands of
 * records. Nothing is subtracted: the figures contain the loop, the mitigations and the test-run machinery.
 * A kernel ring cannot make its producer wait, so what does not fit is dropped, counted and reported.
 *
 * With "feed" there is no consumer in here: the program says which ring it is, and feeds it until its input ends. So a
 * consumer in another language meets the same producer.
 */
#define _GNU_SOURCE
#include "fill_drain.h"
#include "hand_off.h"
#include "program.h"
#include "wake_up.h"
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Programs between two looks at the stop flag: 4000 records, a quarter of a millisecond. */
#define PROGRAMS_PER_PRODUCE 8u

struct kernel_ring {
  int ring_fd, books_fd, program_fd, epoll_fd;
  volatile struct books *books;
  struct ring_view view;
};

static long bpf(int command, union bpf_attr *attributes) {
  return syscall(SYS_bpf, command, attributes, sizeof *attributes);
}

static int create_map(uint32_t type, uint32_t key_bytes, uint32_t value_bytes, uint32_t entries, uint32_t flags) {
  union bpf_attr attributes;
  memset(&attributes, 0, sizeof attributes);
  attributes.map_type = type;
  attributes.key_size = key_bytes;
  attributes.value_size = value_bytes;
  attributes.max_entries = entries;
  attributes.map_flags = flags;
  long fd = bpf(BPF_MAP_CREATE, &attributes);
  if (fd < 0)
    absent("bpf(BPF_MAP_CREATE) of type %u: %s (needs Linux 5.8 or later, and root or CAP_BPF)", type, strerror(errno));
  return (int)fd;
}

static int load_program(const struct program *program) {
  static char log[1 << 16];
  union bpf_attr attributes;
  memset(&attributes, 0, sizeof attributes);
  attributes.prog_type = BPF_PROG_TYPE_SCHED_CLS;
  attributes.insns = (uintptr_t)program->code;
  attributes.insn_cnt = (uint32_t)program->length;
  attributes.license = (uintptr_t) "MIT";
  long fd = bpf(BPF_PROG_LOAD, &attributes);
  if (fd < 0) {
    int error = errno;
    attributes.log_buf = (uintptr_t)log;
    attributes.log_size = sizeof log;
    attributes.log_level = 1;
    bpf(BPF_PROG_LOAD, &attributes);
    fprintf(stderr, "%s\n", log);
    absent("bpf(BPF_PROG_LOAD): %s (needs root, or CAP_BPF and CAP_NET_ADMIN)", strerror(error));
  }
  return (int)fd;
}

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

static void *map_or_leave(size_t bytes, int rights, int fd, off_t offset) {
  void *address = mmap(NULL, bytes, rights, MAP_SHARED, fd, offset);
  if (address == MAP_FAILED)
    absent("mmap of a BPF map: %s", strerror(errno));
  return address;
}

static struct kernel_ring kernel_ring_create(void) {
  struct kernel_ring ring = {.program_fd = -1};
  ring.ring_fd = create_map(BPF_MAP_TYPE_RINGBUF, 0, 0, RING_BYTES, 0);
  ring.books_fd = create_map(BPF_MAP_TYPE_ARRAY, 4, sizeof(struct books), 1, BPF_F_MMAPABLE);
  ring.books = map_or_leave(PAGE_BYTES, PROT_READ, ring.books_fd, 0);
  uint8_t *consumer_page = map_or_leave(PAGE_BYTES, PROT_READ | PROT_WRITE, ring.ring_fd, 0);
  uint8_t *producer_page = map_or_leave(PAGE_BYTES + 2 * RING_BYTES, PROT_READ, ring.ring_fd, PAGE_BYTES);
  ring.view = (struct ring_view){(_Atomic uint64_t *)consumer_page, (_Atomic uint64_t *)producer_page,
                                 producer_page + PAGE_BYTES, RING_BYTES - 1};
  return ring;
}

static void fill(void *self, uint64_t first_sequence) {
  struct kernel_ring *ring = self;
  (void)first_sequence; /* the program numbers the records itself */
  run_program(ring->program_fd, PROGRAMS_PER_FILL);
}

static uint64_t produce(void *self, uint64_t *next, _Atomic bool *stop) {
  struct kernel_ring *ring = self;
  (void)stop;
  uint64_t attempted_before = ring->books->next, accepted_before = ring->books->accepted;
  run_program(ring->program_fd, PROGRAMS_PER_PRODUCE);
  *next = ring->books->next;
  return (ring->books->next - attempted_before) - (ring->books->accepted - accepted_before);
}

/* Payload of a case that has it in its name: kernel-throughput-64B. */
static uint32_t bytes_of(const char *name) {
  uint32_t bytes;
  return sscanf(name, "kernel-throughput-%uB", &bytes) == 1 ? bytes : 0;
}

static void load_for_case(struct kernel_ring *ring, const char *name) {
  struct program program;
  if (strcmp(name, "reserve-submit-8B") == 0)
    program = reserve_submit_program(ring->ring_fd, ring->books_fd, RECORDS_PER_PROGRAM, 0);
  else if (strcmp(name, "throughput-1p1c-64B") == 0) /* nobody sleeps: spare it the wake-ups */
    program = output_program(ring->ring_fd, ring->books_fd, RECORDS_PER_PROGRAM, HAND_OFF_BYTES, BPF_RB_NO_WAKEUP);
  else if (bytes_of(name) != 0)
    program = output_program(ring->ring_fd, ring->books_fd, RECORDS_PER_PROGRAM, (int)bytes_of(name), BPF_RB_NO_WAKEUP);
  else if (strcmp(name, "idle-wakeup") == 0)
    program = stamped_program(ring->ring_fd, ring->books_fd);
  else
    fail("kernel_ring does not know the case %s", name);
  ring->program_fd = load_program(&program);
}

static void send_record(void *self, uint64_t sequence) {
  struct kernel_ring *ring = self;
  (void)sequence; /* the program numbers the records itself */
  run_program(ring->program_fd, 1);
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
  bool pinned = pin_to(PRODUCER_CPU);
  printf("{\"ringId\": %u, \"pinned\": %s}\n", info.id, pinned ? "true" : "false");
  fflush(stdout);
  uint64_t next = 0, dropped = 0;
  while (!atomic_load_explicit(&stop, memory_order_relaxed))
    dropped += produce(ring, &next, &stop);
  printf("{\"attempted\": %lu, \"dropped\": %lu, \"cpuMs\": %.1f}\n", (unsigned long)next, (unsigned long)dropped,
         cpu_milliseconds());
}

int main(int argc, char **argv) {
  static struct kernel_ring ring;
  ring = kernel_ring_create();
  if (argc == 2 && strcmp(argv[1], "probe") == 0) {
    load_for_case(&ring, "throughput-1p1c-64B");
    run_program(ring.program_fd, 1);
    printf("{}\n");
    return 0;
  }
  if (argc == 3 && strcmp(argv[1], "feed") == 0) {
    load_for_case(&ring, argv[2]);
    feed(&ring);
    return 0;
  }
  if (argc < 4)
    fail("usage: kernel_ring probe | feed CASE | CASE WARM_UP_SECONDS SECONDS [paced]");
  double warm_up = atof(argv[2]), seconds = atof(argv[3]);
  load_for_case(&ring, argv[1]);
  if (strcmp(argv[1], "reserve-submit-8B") == 0) {
    run_fill_drain(&ring, &ring.view, fill, warm_up, seconds);
  } else if (strcmp(argv[1], "idle-wakeup") == 0) {
    open_epoll(&ring);
    static struct wake_up wake_up;
    wake_up.ring = &ring;
    wake_up.view = &ring.view;
    wake_up.send = send_record;
    wake_up.wait = wait_for_record;
    run_wake_up(&wake_up, warm_up, seconds);
  } else {
    static struct hand_off hand_off;
    hand_off.ring = &ring;
    hand_off.view = &ring.view;
    hand_off.produce = produce;
    hand_off.bytes = bytes_of(argv[1]);
    hand_off.paced = argc == 5 && strcmp(argv[4], "paced") == 0;
    run_hand_off(&hand_off, warm_up, seconds);
  }
  return 0;
}
