/*
 * Perf buffers as programs fill them: one for each cpu, with a map that programs find them by. What was there before
 * ring buffers, and what the document compares them with.
 *
 *   one page: data_head, data_tail   |   128 pages of data, not mapped twice: what wraps is put together again
 *
 * A record is {u32 type, u16, u16 size} and then, of a sample, {u32 length, payload}: 24 bytes for a payload of 8.
 */
#ifndef PERF_BUFFER_H
#define PERF_BUFFER_H

#include "bpf.h"
#include <linux/perf_event.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>

#define PERF_PAGES 128u /* as the original has it: 512 KiB for each cpu */
#define PERF_PAGE_BYTES 4096u
#define PERF_DATA_BYTES (PERF_PAGES * PERF_PAGE_BYTES)
#define PERF_CPUS_MAX 256u

struct perf_buffer {
  int fd;
  struct perf_event_mmap_page *control;
  uint8_t *data;
};

struct perf_buffers {
  int map_fd;
  uint32_t count;
  struct perf_buffer of_cpu[PERF_CPUS_MAX];
};

static struct perf_buffer open_perf_buffer(int cpu, uint32_t wakeup_events) {
  struct perf_event_attr attributes = {.size = sizeof attributes,
                                       .type = PERF_TYPE_SOFTWARE,
                                       .config = PERF_COUNT_SW_BPF_OUTPUT,
                                       .sample_type = PERF_SAMPLE_RAW,
                                       .sample_period = 1,
                                       .wakeup_events = wakeup_events};
  struct perf_buffer buffer;
  buffer.fd = (int)syscall(SYS_perf_event_open, &attributes, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
  if (buffer.fd < 0)
    absent("perf_event_open on cpu %d: %s (needs root or CAP_PERFMON)", cpu, strerror(errno));
  buffer.control = map_or_leave(PERF_PAGE_BYTES + PERF_DATA_BYTES, PROT_READ | PROT_WRITE, buffer.fd, 0);
  buffer.data = (uint8_t *)buffer.control + PERF_PAGE_BYTES;
  if (ioctl(buffer.fd, PERF_EVENT_IOC_ENABLE, 0) != 0)
    fail("a perf event could not be enabled: %s", strerror(errno));
  return buffer;
}

static void perf_buffers_open(struct perf_buffers *buffers, uint32_t wakeup_events) {
  buffers->count = (uint32_t)sysconf(_SC_NPROCESSORS_ONLN);
  if (buffers->count > PERF_CPUS_MAX)
    absent("more than %u cpus", PERF_CPUS_MAX);
  buffers->map_fd = create_map(BPF_MAP_TYPE_PERF_EVENT_ARRAY, 4, 4, buffers->count, 0);
  for (uint32_t cpu = 0; cpu < buffers->count; cpu++) {
    buffers->of_cpu[cpu] = open_perf_buffer((int)cpu, wakeup_events);
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.map_fd = (uint32_t)buffers->map_fd;
    attributes.key = (uintptr_t)&cpu;
    attributes.value = (uintptr_t)&buffers->of_cpu[cpu].fd;
    if (bpf(BPF_MAP_UPDATE_ELEM, &attributes) != 0)
      fail("a perf buffer could not be put into its map: %s", strerror(errno));
  }
}

/* A record as a whole: where it lies, or in `copy` if it wraps. */
static inline const struct perf_event_header *perf_record(const struct perf_buffer *buffer, uint64_t tail,
                                                          uint8_t *copy, size_t copy_bytes) {
  uint64_t at = tail & (PERF_DATA_BYTES - 1);
  const struct perf_event_header *header = (const struct perf_event_header *)(buffer->data + at);
  if (__builtin_expect(at + header->size <= PERF_DATA_BYTES, 1))
    return header;
  if (header->size > copy_bytes)
    fail("a perf record of %u bytes", header->size);
  size_t first = PERF_DATA_BYTES - at;
  memcpy(copy, header, first);
  memcpy(copy + first, buffer->data, header->size - first);
  return (const struct perf_event_header *)copy;
}

/*
 * Takes all that is there and calls `take` for each payload, then gives it back at once. The loss records that the
 * kernel puts between them are added to `lost`.
 */
static inline __attribute__((always_inline)) void
perf_drain(const struct perf_buffer *buffer, uint64_t *lost, void (*take)(void *self, const uint8_t *, uint32_t),
           void *self) {
  uint8_t copy[256];
  uint64_t head = __atomic_load_n(&buffer->control->data_head, __ATOMIC_ACQUIRE);
  uint64_t tail = buffer->control->data_tail;
  while (tail != head) {
    const struct perf_event_header *header = perf_record(buffer, tail, copy, sizeof copy);
    const uint8_t *body = (const uint8_t *)(header + 1);
    if (header->type == PERF_RECORD_SAMPLE)
      take(self, body + sizeof(uint32_t), *(const uint32_t *)body);
    else if (header->type == PERF_RECORD_LOST)
      *lost += ((const uint64_t *)body)[1];
    tail += header->size;
  }
  __atomic_store_n(&buffer->control->data_tail, tail, __ATOMIC_RELEASE);
}

#endif
