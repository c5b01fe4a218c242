/*
 * Where are our two cpus? One cache line goes back and forth between them.
 *
 *   cpu0 ──1──► line ──► cpu1
 *   cpu0 ◄── line ◄──2── cpu1
 *
 * On a virtual machine the answer changes while we measure: siblings of one core, neighbours, or far apart.
 * Prints the median round trip of many short batches, so that a batch interrupted by somebody else does not count.
 */
#define _GNU_SOURCE
#include "bench.h"
#include <pthread.h>
#include <stdatomic.h>

#define BATCHES 31
#define ROUND_TRIPS 1000

static _Alignas(128) _Atomic uint32_t line;

static void *echo(void *unused) {
  (void)unused;
  if (!pin_to(CONSUMER_CPU))
    absent("cpu %d cannot be used: one cpu only", CONSUMER_CPU);
  for (uint32_t turn = 1; turn < 2 * BATCHES * ROUND_TRIPS; turn += 2) {
    while (atomic_load_explicit(&line, memory_order_acquire) != turn)
      relax();
    atomic_store_explicit(&line, turn + 1, memory_order_release);
  }
  return NULL;
}

static int by_size(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

int main(void) {
  pthread_t partner;
  if (pthread_create(&partner, NULL, echo, NULL) != 0)
    fail("no thread for the echo");
  if (!pin_to(PRODUCER_CPU))
    absent("cpu %d cannot be used", PRODUCER_CPU);
  double batches[BATCHES];
  uint32_t turn = 0;
  for (int batch = 0; batch < BATCHES; batch++) {
    double begin = now_seconds();
    for (int trip = 0; trip < ROUND_TRIPS; trip++) {
      atomic_store_explicit(&line, ++turn, memory_order_release);
      turn++;
      while (atomic_load_explicit(&line, memory_order_acquire) != turn)
        relax();
    }
    batches[batch] = (now_seconds() - begin) * 1e9 / ROUND_TRIPS;
  }
  pthread_join(partner, NULL);
  qsort(batches, BATCHES, sizeof batches[0], by_size);
  printf("{\"rttNs\": %.1f}\n", batches[BATCHES / 2]);
  return 0;
}
