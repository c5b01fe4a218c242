/*
 * The programs that bench_ringbufs.c runs: one call puts `batch_count` records of 8 bytes in, each with the number that
 * its producer gives it, and counts those that found no room.
 *
 *   r6  records still to go        r8  records dropped in this call
 *   r7  next sequence number       r9  &tally, in a one-element array map
 *
 * Sampled, the program wakes the consumer by hand: never, but when so many bytes are there to be consumed.
 */
#ifndef RINGBUFS_PROGRAM_H
#define RINGBUFS_PROGRAM_H

#include "program.h"
#include "ringbufs_settings.h"

#define SAMPLE_BYTES 8
#define SAMPLE_RECORD_BYTES 16 /* in the ring */

/* Value of the array map; mapped into user space as well. One for each producer. */
struct tally {
  uint64_t next;
  uint64_t dropped;
};

#define HELPER_PERF_OUTPUT 25
#define HELPER_QUERY 134

#define MOVE32_IMM(d, i) INSN(BPF_ALU | BPF_MOV | BPF_K, d, 0, 0, i)
#define JUMP_GE(d, i, o) INSN(BPF_JMP | BPF_JGE | BPF_K, d, 0, o, i)

/* Where on the stack they are kept. */
#define AT_NUMBER -8
#define AT_RECORD -16
#define AT_CONTEXT -24

/* Finds out the flags of a commit. Leaves them in r2, and nothing else in the registers that calls use. */
static void append_flags(struct program *program, int ring_fd, const struct ringbufs_settings *settings) {
  if (settings->producer_only)
    APPEND(program, MOVE_IMM(2, BPF_RB_NO_WAKEUP));
  else if (!settings->sampled)
    APPEND(program, MOVE_IMM(2, 0));
  else
    APPEND(program, MAP(1, ring_fd), MOVE_IMM(2, BPF_RB_AVAIL_DATA), CALL(HELPER_QUERY),
           MOVE_IMM(2, BPF_RB_FORCE_WAKEUP), JUMP_GE(0, (int)settings->sample_rate * SAMPLE_RECORD_BYTES, 1),
           MOVE_IMM(2, BPF_RB_NO_WAKEUP));
}

/* reserve(8), store the number, submit(flags). */
static void append_reserve(struct program *program, int ring_fd, const struct ringbufs_settings *settings) {
  APPEND(program, MAP(1, ring_fd), MOVE_IMM(2, SAMPLE_BYTES), MOVE_IMM(3, 0), CALL(HELPER_RESERVE), JUMP_NE(0, 0, 2),
         ADD_IMM(8, 1));
  size_t leave = program->length;
  APPEND(program, INSN(BPF_JMP | BPF_JA, 0, 0, 0, 0), STORE64(0, 0, 7), STORE64(10, AT_RECORD, 0));
  append_flags(program, ring_fd, settings);
  APPEND(program, LOAD64(1, 10, AT_RECORD), CALL(HELPER_SUBMIT));
  program->code[leave].off = (int16_t)(program->length - leave - 1);
}

/* output(number, 8, flags). The flags are found out before the record is there, as in the original. */
static void append_output(struct program *program, int ring_fd, const struct ringbufs_settings *settings) {
  append_flags(program, ring_fd, settings);
  APPEND(program, MOVE(4, 2), STORE64(10, AT_NUMBER, 7), MAP(1, ring_fd), MOVE(2, 10), ADD_IMM(2, AT_NUMBER),
         MOVE_IMM(3, SAMPLE_BYTES), CALL(HELPER_OUTPUT), JUMP_EQ(0, 0, 1), ADD_IMM(8, 1));
}

/* perf_event_output(number, 8) to the buffer of this cpu; when to wake is a matter of the buffer. */
static void append_perf_output(struct program *program, int buffers_fd) {
  APPEND(program, STORE64(10, AT_NUMBER, 7), LOAD64(1, 10, AT_CONTEXT), MAP(2, buffers_fd), MOVE32_IMM(3, -1),
         MOVE(4, 10), ADD_IMM(4, AT_NUMBER), MOVE_IMM(5, SAMPLE_BYTES), CALL(HELPER_PERF_OUTPUT), JUMP_EQ(0, 0, 1),
         ADD_IMM(8, 1));
}

/* `buffer_fd` is that of the ring, or of the array of perf buffers. */
static struct program batch_program(int buffer_fd, int tally_fd, const struct ringbufs_settings *settings) {
  struct program program = {.length = 0};
  APPEND(&program, STORE64(10, AT_CONTEXT, 1), MAP_VALUE(9, tally_fd), LOAD64(7, 9, offsetof(struct tally, next)),
         MOVE_IMM(8, 0), MOVE_IMM(6, (int)settings->batch_count));
  size_t loop = program.length;
  if (settings->perf)
    append_perf_output(&program, buffer_fd);
  else if (settings->output)
    append_output(&program, buffer_fd, settings);
  else
    append_reserve(&program, buffer_fd, settings);
  APPEND(&program, ADD_IMM(7, 1), ADD_IMM(6, -1));
  APPEND(&program, JUMP_NE(6, 0, (int16_t)((int)loop - (int)program.length - 1)));
  APPEND(&program, STORE64(9, offsetof(struct tally, next), 7), LOAD64(1, 9, offsetof(struct tally, dropped)), ADD(1, 8),
         STORE64(9, offsetof(struct tally, dropped), 1), MOVE_IMM(0, 0), EXIT());
  return program;
}

#endif
