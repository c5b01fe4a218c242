/*
 * A process whose first thread is not its last. It begins when it is told to, on standard input:
 *
 *   threads exec     the second thread runs another program, and with that takes the first one's place
 *   threads outlive  the first thread ends at once, the second later, with status 3
 */
#include <pthread.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static void *run_second(void *how) {
  usleep(20000);
  if (strcmp(how, "exec") == 0)
    execl("/bin/true", "true", (char *)NULL);
  syscall(SYS_exit_group, 3);
  return NULL;
}

int main(int argc, char **argv) {
  char begin;
  pthread_t second;
  if (argc != 2 || read(0, &begin, 1) != 1 || pthread_create(&second, NULL, run_second, argv[1]) != 0)
    return 1;
  if (strcmp(argv[1], "exec") == 0)
    pause();
  pthread_exit(NULL);
}
