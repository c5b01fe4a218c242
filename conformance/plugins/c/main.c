/* The ring of ring.c as a plug-in: the protocol of conformance/PROTOCOL.md, version 1. */
#define _GNU_SOURCE
#include "faults.h"
#include "ring.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum fault fault;
static struct ring ring;
enum { HANDLES = 16 };
static u8 *held[HANDLES];

static char *next_word(char **line) {
  char *word = strsep(line, " \n");
  return word ? word : "";
}
static u64 next_number(char **line) { return strtoull(next_word(line), NULL, 10); }

static u32 digit(char c) { return c <= '9' ? c - '0' : c - 'a' + 10; }

/* Hex digits, or `-` for no bytes. In place: bytes are shorter than their digits. */
static u8 *next_bytes(char **line, u32 *length) {
  char *text = next_word(line);
  *length = strcmp(text, "-") == 0 ? 0 : (u32)strlen(text) / 2;
  for (u32 i = 0; i < *length; i++) text[i] = (char)(digit(text[2 * i]) << 4 | digit(text[2 * i + 1]));
  return (u8 *)text;
}

static void print_bytes(const u8 *bytes, u32 length) {
  if (length == 0) putchar('-');
  for (u32 i = 0; i < length; i++) printf("%02x", bytes[i]);
}

static void print_record(void *context, const u8 *bytes, u32 length) {
  (void)context;
  putchar(' ');
  print_bytes(bytes, length);
}

static void answer(int result) {
  if (result < 0) printf("errno %s\n", strerrorname_np(-result));
  else puts("ok");
}

static void answer_commit(void) {
  puts(ring.rung ? "ok wake" : "ok quiet");
  ring.rung = 0;
}

static void create(char *line) {
  u64 size = next_number(&line), flags = next_number(&line), start = next_number(&line);
  ring_close(&ring);
  answer(ring_open(&ring, size, (u32)flags, start));
}

static void reserve(char *line) {
  u64 handle = next_number(&line) % HANDLES, size = next_number(&line), flags = next_number(&line);
  held[handle] = ring_reserve(&ring, (u32)size, flags);
  puts(held[handle] ? "ok" : "none");
}

static void write_payload(char *line) {
  u64 handle = next_number(&line) % HANDLES, at = next_number(&line);
  u32 length;
  u8 *bytes = next_bytes(&line, &length);
  memcpy(held[handle] + at, bytes, length);
  puts("ok");
}

static void commit(char *line, u32 discard) {
  u64 handle = next_number(&line) % HANDLES, flags = next_number(&line);
  ring_commit(&ring, held[handle], flags, discard);
  answer_commit();
}

static void output(char *line) {
  u64 flags = next_number(&line);
  u32 length;
  u8 *bytes = next_bytes(&line, &length);
  int result = ring_output(&ring, bytes, length, flags);
  if (result < 0) answer(result);
  else answer_commit();
}

static void position(const char *which) {
  u64 value = strcmp(which, "consumer") == 0 ? *ring.consumer
    : strcmp(which, "producer") == 0         ? *ring.producer
    : strcmp(which, "pending") == 0          ? *ring.pending
                                             : *ring.overwritten;
  printf("number %lu\n", value);
}

static void header(u64 at) {
  struct header *header = ring_header(&ring, at);
  printf("header %08x %u\n", header->length, header->pages);
}

static void hello(void) {
  puts("hello 1 c start wakeups readable positions headers data mirror stale-bytes pending-position move-consumer overwrite");
}

/* Faults of plug-ins, and not of rings. */
static void misbehave(const char *request) {
  if (strcmp(request, "submit") != 0) return;
  if (FAULTY(hangs)) pause();
  if (FAULTY(dies)) exit(3);
  if (FAULTY(talks_nonsense)) puts("certainly");
}

static void handle(const char *request, char *line) {
  u64 a;
  if (strcmp(request, "hello") == 0) hello();
  else if (strcmp(request, "create") == 0) create(line);
  else if (strcmp(request, "reserve") == 0) reserve(line);
  else if (strcmp(request, "write") == 0) write_payload(line);
  else if (strcmp(request, "submit") == 0) commit(line, 0);
  else if (strcmp(request, "discard") == 0) commit(line, DISCARD);
  else if (strcmp(request, "output") == 0) output(line);
  else if (strcmp(request, "consume") == 0) {
    printf("records");
    ring_consume(&ring, (u32)next_number(&line), print_record, NULL);
    puts("");
  } else if (strcmp(request, "query") == 0) printf("number %lu\n", ring_query(&ring, next_number(&line)));
  else if (strcmp(request, "readable") == 0) puts(ring_readable(&ring) ? "yes" : "no");
  else if (strcmp(request, "position") == 0) position(next_word(&line));
  else if (strcmp(request, "header") == 0) header(next_number(&line));
  else if (strcmp(request, "data") == 0) {
    a = next_number(&line);
    printf("bytes ");
    print_bytes(ring.data + a, (u32)next_number(&line));
    puts("");
  } else if (strcmp(request, "move-consumer") == 0) {
    *ring.consumer = next_number(&line);
    puts("ok");
  } else printf("cannot %s\n", request);
}

static int choose_fault(const char *name) {
  static const char *const names[] = {
#define TEXT(name, text) text,
    FAULTS(TEXT)
  };
  int count = sizeof names / sizeof *names;
  for (int i = 0; i < count; i++) {
    if (strcmp(name, "list") == 0 && i > 0) puts(names[i]);
    if (strcmp(name, names[i]) == 0) fault = (enum fault)i;
  }
  return fault != FAULT_none;
}

int main(int argc, char **argv) {
  if (argc == 3 && strcmp(argv[1], "--fault") == 0 && !choose_fault(argv[2])) return strcmp(argv[2], "list") != 0;
  char *buffer = NULL;
  size_t room = 0;
  while (getline(&buffer, &room, stdin) > 0) {
    char *line = buffer, *request = next_word(&line);
    misbehave(request);
    handle(request, line);
    fflush(stdout);
  }
  return 0;
}
