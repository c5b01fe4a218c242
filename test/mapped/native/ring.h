/* A ring between processes, for C programs on Linux: what docs/memory-layout.md says, and nothing else. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/futex.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

typedef uint32_t u32;
typedef uint64_t u64;

enum { /* offsets of words */
  MAGIC = 0, VERSION = 4, SIZE = 8, FLAGS = 12, DATA_OFFSET = 16, HOME = 96, SLEEP = 128,
  ROOM_WAITERS = 192, ROOM_SEQUENCE = 196, LOCK = 256, CONSUMER = 320, HIGH_WATER = 324,
  CONSUMED = 328, SKIPPED = 336, SLOTS = 384, CONSUMER_POSITION = 4096, CONSUMER_ROUNDS = 4100,
  PRODUCER_POSITION = 8192, PENDING_POSITION = 8200, DATA = 12288,
};
enum { SLOT_BYTES = 64, RESCUE_SLOT = 57, IDENTITY = 4096, JOURNAL = 8192 };
enum { KIND = 25 /* lock, owners, recoverable */, CLOSED = 1, PARKED = 1 << 30, AWAKE = 0, ASLEEP = 1, FORCED = 2, FOR_MORE = 3 };
enum { NO_WAKEUP = 1, FORCE_WAKEUP = 2 };
#define BUSY 0x80000000u
#define DISCARD 0x40000000u
#define LENGTH 0x3fffffffu

static char *ring;
static u32 size;

static u32 *word(u32 offset) { return (u32 *)(ring + offset); }
static u64 *words(u32 offset) { return (u64 *)(ring + offset); }
static u32 load(u32 *at) { return __atomic_load_n(at, __ATOMIC_SEQ_CST); }
static void store(u32 *at, u32 value) { __atomic_store_n(at, value, __ATOMIC_SEQ_CST); }
static u32 swap(u32 *at, u32 value) { return __atomic_exchange_n(at, value, __ATOMIC_SEQ_CST); }
static int cas(u32 *at, u32 from, u32 to) {
  return __atomic_compare_exchange_n(at, &from, to, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}
static u32 *header(u32 position) { return word(DATA + (position & (size - 1))); }
static u32 place(u32 *at) { return (u32)((char *)at - ring) >> 12; }
static u32 record_bytes(u32 length) { return (length + 15) & ~7u; }

/* Nobody relies on being woken: whoever was to do it may have died. */
static void sleep_on(u32 *at, u32 value) {
  syscall(SYS_futex, at, FUTEX_WAIT, value, &(struct timespec){ .tv_nsec = 10000000 }, NULL, 0);
}
static void wake(u32 *at) { syscall(SYS_futex, at, FUTEX_WAKE, INT32_MAX, NULL, NULL, 0); }

static void die(const char *why) {
  fprintf(stderr, "%s\n", why);
  exit(1);
}

/* Maps the data twice, one copy behind the other: a record that runs over the end is one piece. */
static void open_ring(const char *path) {
  int file = open(path, O_RDWR | O_CLOEXEC);
  struct stat stat;
  if (file < 0 || fstat(file, &stat) < 0 || stat.st_size < DATA + 4096) die("no ring");
  size = (u32)(stat.st_size - DATA);
  ring = mmap(NULL, DATA + 2 * (size_t)size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (ring == MAP_FAILED) die("no memory");
  int all = PROT_READ | PROT_WRITE, where = MAP_SHARED | MAP_FIXED;
  if (mmap(ring, DATA + size, all, where, file, 0) == MAP_FAILED) die("cannot map");
  if (mmap(ring + DATA + size, size, all, where, file, DATA) == MAP_FAILED) die("cannot map");
  if (*word(MAGIC) != 0x52465042 || *word(VERSION) != 3) die("no ring of this version");
  if (*word(SIZE) != size || (size & (size - 1)) != 0 || *word(DATA_OFFSET) != DATA) die("no ring of this size");
  if (*word(FLAGS) != KIND) die("a ring of a kind that this does not speak");
}

/* Says whose a slot is, so that others can tell whether that thread lives. */
static void sign(u32 slot, u32 token, u32 home) {
  char line[1024] = "", *field = line;
  FILE *stat = fopen("/proc/thread-self/stat", "r");
  if (!stat || !fgets(line, sizeof line, stat)) die("no /proc");
  fclose(stat);
  field = strrchr(line, ')');
  for (int i = 2; i < 22; i++) field = strchr(field + 1, ' ');
  u32 *identity = word(slot + IDENTITY);
  store(identity + 1, (u32)getpid());
  store(identity + 2, (u32)gettid());
  store(identity + 3, home);
  *(u64 *)(identity + 4) = strtoull(field, NULL, 10);
  for (int i = 22; i < 28; i++) field = strchr(field + 1, ' ');
  store(identity + 6, (u32)(strtoull(field, NULL, 10) >> 4));
  store(identity, token);
}

/* The owner word of this thread: in the ring's namespace of processes its number means something. */
static u32 owner_word(u32 generation, u32 *home) {
  struct stat stat_;
  if (stat("/proc/self/ns/pid", &stat_) < 0) die("no /proc");
  *home = (u32)stat_.st_ino;
  return (load(word(HOME)) == *home ? (u32)gettid() << 10 : 0) | generation << 2 | 1;
}

static u32 slot, token, own_lock;

/* A producer has a slot to itself, for its counters and its journal. */
static void take_slot(void) {
  for (u32 i = 1; i < RESCUE_SLOT; i++) {
    u32 home, generation = ((load(word(SLOTS + i * SLOT_BYTES + IDENTITY)) >> 2) + 1) & 255;
    slot = SLOTS + i * SLOT_BYTES;
    token = owner_word(generation, &home);
    if (!cas(word(slot), 0, token)) continue;
    sign(slot, token, home);
    own_lock = (i + 1) | generation << 8;
    return;
  }
  die("all slots are taken");
}
