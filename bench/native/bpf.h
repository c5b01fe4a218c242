/*
 * The few calls of bpf(2) that the benchmarks need. What the kernel refuses makes a program absent, with the reason.
 */
#ifndef BPF_H
#define BPF_H

#include "bench.h"
#include "program.h"
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

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

static int load_program(uint32_t type, const struct program *program, const char *licence) {
  static char log[1 << 16];
  union bpf_attr attributes;
  memset(&attributes, 0, sizeof attributes);
  attributes.prog_type = type;
  attributes.insns = (uintptr_t)program->code;
  attributes.insn_cnt = (uint32_t)program->length;
  attributes.license = (uintptr_t)licence;
  long fd = bpf(BPF_PROG_LOAD, &attributes);
  if (fd < 0) {
    int error = errno;
    attributes.log_buf = (uintptr_t)log;
    attributes.log_size = sizeof log;
    attributes.log_level = 1;
    bpf(BPF_PROG_LOAD, &attributes);
    fprintf(stderr, "%s\n", log);
    absent("bpf(BPF_PROG_LOAD): %s (needs root, or CAP_BPF with CAP_NET_ADMIN or CAP_PERFMON)", strerror(error));
  }
  return (int)fd;
}

static void *map_or_leave(size_t bytes, int rights, int fd, off_t offset) {
  void *address = mmap(NULL, bytes, rights, MAP_SHARED, fd, offset);
  if (address == MAP_FAILED)
    absent("mmap of a BPF map: %s", strerror(errno));
  return address;
}

#endif
