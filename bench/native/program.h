/*
 * The BPF programs of the benchmark, instruction by instruction, so that no compiler for BPF is needed.
 *
 * Each runs a bounded loop of so many records and keeps its books in a one-element array map:
 *
 *   r6  records still to go        r8  records accepted by the ring in this run
 *   r7  next sequence number       r9  &books
 */
#ifndef PROGRAM_H
#define PROGRAM_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a BPF program's stack holds; longer payloads lie in the map. */
#define STACK_PAYLOAD_MAX 448
#define PAYLOAD_BYTES_MAX 8192

/* Value of the array map; mapped into user space as well. One for each producer. */
struct books {
  uint64_t next;
  uint64_t accepted;
  uint64_t start_ns, interval_ns; /* when records are due: see due_program */
  uint8_t payload[PAYLOAD_BYTES_MAX];
};

#define HELPER_KTIME 5
#define HELPER_OUTPUT 130
#define HELPER_RESERVE 131
#define HELPER_SUBMIT 132

#define INSN(op, d, s, o, i) ((struct bpf_insn){.code = (op), .dst_reg = (d), .src_reg = (s), .off = (o), .imm = (i)})
#define MOVE_IMM(d, i) INSN(BPF_ALU64 | BPF_MOV | BPF_K, d, 0, 0, i)
#define MOVE(d, s) INSN(BPF_ALU64 | BPF_MOV | BPF_X, d, s, 0, 0)
#define ADD_IMM(d, i) INSN(BPF_ALU64 | BPF_ADD | BPF_K, d, 0, 0, i)
#define MULTIPLY(d, s) INSN(BPF_ALU64 | BPF_MUL | BPF_X, d, s, 0, 0)
#define ADD(d, s) INSN(BPF_ALU64 | BPF_ADD | BPF_X, d, s, 0, 0)
#define LOAD64(d, s, o) INSN(BPF_LDX | BPF_MEM | BPF_DW, d, s, o, 0)
#define STORE64(d, o, s) INSN(BPF_STX | BPF_MEM | BPF_DW, d, s, o, 0)
#define STORE64_IMM(d, o, i) INSN(BPF_ST | BPF_MEM | BPF_DW, d, 0, o, i)
#define JUMP_EQ(d, i, o) INSN(BPF_JMP | BPF_JEQ | BPF_K, d, 0, o, i)
#define JUMP_NE(d, i, o) INSN(BPF_JMP | BPF_JNE | BPF_K, d, 0, o, i)
#define CALL(helper) INSN(BPF_JMP | BPF_CALL, 0, 0, 0, helper)
#define EXIT() INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)
/* Two slots each: a map, or the address of an array map's only value. */
#define MAP(d, fd) INSN(BPF_LD | BPF_IMM | BPF_DW, d, BPF_PSEUDO_MAP_FD, 0, fd), INSN(0, 0, 0, 0, 0)
#define MAP_VALUE(d, fd) INSN(BPF_LD | BPF_IMM | BPF_DW, d, BPF_PSEUDO_MAP_VALUE, 0, fd), INSN(0, 0, 0, 0, 0)

#define PROGRAM_MAX 96

struct program {
  struct bpf_insn code[PROGRAM_MAX];
  size_t length;
};

static void append(struct program *program, const struct bpf_insn *code, size_t length) {
  for (size_t i = 0; i < length; i++)
    program->code[program->length++] = code[i];
}

#define APPEND(program, ...)                                                                                           \
  append(program, (const struct bpf_insn[]){__VA_ARGS__},                                                              \
         sizeof((const struct bpf_insn[]){__VA_ARGS__}) / sizeof(struct bpf_insn))

static void begin_program(struct program *program, int books_fd, int records) {
  APPEND(program, MAP_VALUE(9, books_fd), LOAD64(7, 9, offsetof(struct books, next)), MOVE_IMM(8, 0),
         MOVE_IMM(6, records));
}

/* Ends one turn of the loop that began at instruction `loop`, and after the last one writes the books. */
static void end_program(struct program *program, size_t loop) {
  APPEND(program, ADD_IMM(7, 1), ADD_IMM(6, -1));
  APPEND(program, JUMP_NE(6, 0, (int16_t)((int)loop - (int)program->length - 1)));
  APPEND(program, STORE64(9, offsetof(struct books, next), 7), LOAD64(1, 9, offsetof(struct books, accepted)),
         ADD(1, 8), STORE64(9, offsetof(struct books, accepted), 1), MOVE_IMM(0, 0), EXIT());
}

/* reserve(8), store the sequence number, submit(flags). */
static struct program reserve_submit_program(int ring_fd, int books_fd, int records, int flags) {
  struct program program = {.length = 0};
  begin_program(&program, books_fd, records);
  size_t loop = program.length;
  APPEND(&program, MAP(1, ring_fd), MOVE_IMM(2, 8), MOVE_IMM(3, 0), CALL(HELPER_RESERVE), JUMP_EQ(0, 0, 5),
         STORE64(0, 0, 7), MOVE(1, 0), MOVE_IMM(2, flags), CALL(HELPER_SUBMIT), ADD_IMM(8, 1));
  end_program(&program, loop);
  return program;
}

/* output() of `bytes` bytes, which begin with the sequence number: from the program's stack, or from the map. */
static struct program output_program(int ring_fd, int books_fd, int records, int bytes, int flags) {
  struct program program = {.length = 0};
  bool on_stack = bytes <= STACK_PAYLOAD_MAX;
  int base = on_stack ? 10 : 9, at = on_stack ? -bytes : (int)offsetof(struct books, payload);
  begin_program(&program, books_fd, records);
  for (int i = 0; on_stack && i < bytes; i += 8)
    APPEND(&program, STORE64_IMM(10, (int16_t)(at + i), 0));
  size_t loop = program.length;
  APPEND(&program, STORE64(base, (int16_t)at, 7), MAP(1, ring_fd), MOVE(2, base), ADD_IMM(2, at), MOVE_IMM(3, bytes),
         MOVE_IMM(4, flags), CALL(HELPER_OUTPUT), JUMP_NE(0, 0, 1), ADD_IMM(8, 1));
  end_program(&program, loop);
  return program;
}

/* output() of 16 bytes: the sequence number, and the time on the clock that user space calls CLOCK_MONOTONIC. */
static struct program stamped_program(int ring_fd, int books_fd) {
  struct program program = {.length = 0};
  begin_program(&program, books_fd, 1);
  size_t loop = program.length;
  APPEND(&program, CALL(HELPER_KTIME), STORE64(10, -16, 7), STORE64(10, -8, 0), MAP(1, ring_fd), MOVE(2, 10),
         ADD_IMM(2, -16), MOVE_IMM(3, 16), MOVE_IMM(4, 0), CALL(HELPER_OUTPUT), JUMP_NE(0, 0, 1), ADD_IMM(8, 1));
  end_program(&program, loop);
  return program;
}

/* output() of 16 bytes: the sequence number, and the time at which this record was due, by the books' schedule. */
static struct program due_program(int ring_fd, int books_fd) {
  struct program program = {.length = 0};
  begin_program(&program, books_fd, 1);
  size_t loop = program.length;
  APPEND(&program, LOAD64(1, 9, offsetof(struct books, interval_ns)), MULTIPLY(1, 7),
         LOAD64(2, 9, offsetof(struct books, start_ns)), ADD(1, 2), STORE64(10, -16, 7), STORE64(10, -8, 1),
         MAP(1, ring_fd), MOVE(2, 10), ADD_IMM(2, -16), MOVE_IMM(3, 16), MOVE_IMM(4, 0), CALL(HELPER_OUTPUT),
         JUMP_NE(0, 0, 1), ADD_IMM(8, 1));
  end_program(&program, loop);
  return program;
}

#endif
