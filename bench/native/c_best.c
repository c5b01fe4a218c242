/* A ring of compare-and-swap claims, as fast as we know how to write it in C (best_ring.h): the limit of claiming. */
#define _GNU_SOURCE
#include "best_ring.h"
#include "limit.h"

int main(int argc, char **argv) { return run_limit(argc, argv); }
