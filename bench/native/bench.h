/*
 * What every native benchmark program needs: a clock, a pinned thread, and one JSON line as its answer.
 *
 * A program answers with exactly one of
 *   {"value": 13.8, "pinned": true, "cpuMs": 512.0, "extra": {"drainNs": 2.7}}    measured
 *   {"absent": "why it cannot run here"}                          not on this machine
 *   {"error": "what was wrong"}                                   measured something broken: the run fails
 */
#ifndef BENCH_H
#define BENCH_H

#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PRODUCER_CPU 0
#define CONSUMER_CPU 1

static inline double now_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Cpu time of the whole process so far. What the machine was busy beyond that, others were at work. */
static inline double cpu_milliseconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

/* Side figures that were found on the way, as they stand behind the one that `measured` is given. */
static char found_besides[256];

static inline void also_measured(const char *side, double side_value) {
  size_t length = strlen(found_besides);
  snprintf(found_besides + length, sizeof found_besides - length, ", \"%s\": %.4f", side, side_value);
}

/* Prints what was measured; `side` is a side figure of the case. */
static inline void measured(double value, bool pinned, const char *side, double side_value) {
  printf("{\"value\": %.4f, \"pinned\": %s, \"cpuMs\": %.1f, \"extra\": {\"%s\": %.4f%s}}\n", value,
         pinned ? "true" : "false", cpu_milliseconds(), side, side_value, found_besides);
}

/* Binds the calling thread to one cpu; false where that cpu does not exist or may not be used. */
static inline bool pin_to(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  return sched_setaffinity(0, sizeof set, &set) == 0; /* 0 = this thread, not the process */
}

static inline void relax(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/* Ends the program with {"<key>": "<message>"}. The message must hold no quotes and no line breaks. */
static inline _Noreturn void answer(const char *key, int code, const char *format, va_list args) {
  printf("{\"%s\": \"", key);
  vprintf(format, args);
  printf("\"}\n");
  fflush(stdout);
  exit(code);
}

__attribute__((format(printf, 1, 2))) static inline _Noreturn void fail(const char *format, ...) {
  va_list args;
  va_start(args, format);
  answer("error", 1, format, args);
}

__attribute__((format(printf, 1, 2))) static inline _Noreturn void absent(const char *format, ...) {
  va_list args;
  va_start(args, format);
  answer("absent", 0, format, args);
}

#endif
