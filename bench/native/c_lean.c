/* A ring under a lock, as lean as we know how to write it in C (lean_ring.h): the limit of reserving under a lock. */
#define _GNU_SOURCE
#include "lean_ring.h"
#include "limit.h"

int main(int argc, char **argv) { return run_limit(argc, argv); }
