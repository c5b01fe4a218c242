/*
 * Memory that lies twice in a row, so that what runs over its end is found at its beginning.
 *
 *   | head | data | data again |
 */
#ifndef DOUBLE_MAP_H
#define DOUBLE_MAP_H

#include "bench.h"
#include <sys/mman.h>
#include <unistd.h>

/* `head` bytes once and `size` bytes twice, all zero; both are whole pages. Ends the program where that cannot be had. */
static void *map_twice(const char *name, size_t head, size_t size) {
  int fd = memfd_create(name, 0);
  if (fd < 0 || ftruncate(fd, (off_t)(head + size)) != 0)
    absent("memfd_create failed: no memory that can be mapped twice");
  uint8_t *base = mmap(NULL, head + 2 * size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  int rights = PROT_READ | PROT_WRITE, how = MAP_SHARED | MAP_FIXED | MAP_POPULATE;
  if (base == MAP_FAILED || mmap(base, head + size, rights, how, fd, 0) == MAP_FAILED ||
      mmap(base + head + size, size, rights, how, fd, (off_t)head) == MAP_FAILED)
    absent("mmap of a ring of %zu bytes failed", size);
  close(fd);
  return base;
}

#endif
