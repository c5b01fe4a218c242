/* Prints what native/histogram.h makes of the numbers on its input, as a benchmark program would: the median is the figure. */
#define _GNU_SOURCE
#include "histogram.h"

int main(void) {
  static struct histogram histogram;
  unsigned long ns;
  while (scanf("%lu", &ns) == 1)
    enter(&histogram, ns);
  print_histogram(&histogram, 5000, true, "");
  return 0;
}
