/* Receives records from a ring until it is closed: consumer PATH. Prints the words of each, a line a record. */
#include "ring.h"

/* From the state on it has happened: if this dies, the next consumer does what is left of it. */
static void keep_promise(void) {
  u32 *journal = word(SLOTS + JOURNAL);
  if (journal[0] == 0) return;
  *words(CONSUMED) = *(u64 *)(journal + 2);
  *words(SKIPPED) = *(u64 *)(journal + 4);
  store(word(CONSUMER_ROUNDS), journal[6]);
  store(word(CONSUMER_POSITION), journal[1]);
  store(journal, 0);
}

static void release(u32 position, u32 consumed, u32 skipped) {
  u32 *journal = word(SLOTS + JOURNAL), before = *word(CONSUMER_POSITION);
  u32 used = (load(word(PRODUCER_POSITION)) & ~7u) - before;
  if (used <= size && used > *word(HIGH_WATER)) *word(HIGH_WATER) = used;
  journal[1] = position, journal[6] = *word(CONSUMER_ROUNDS) + (position < before);
  *(u64 *)(journal + 2) = *words(CONSUMED) + consumed;
  *(u64 *)(journal + 4) = *words(SKIPPED) + skipped;
  store(journal, 1);
  keep_promise();
  if (load(word(ROOM_WAITERS)) == 0) return;
  swap(word(ROOM_WAITERS), 0);
  __atomic_add_fetch(word(ROOM_SEQUENCE), 1, __ATOMIC_SEQ_CST);
  wake(word(ROOM_SEQUENCE));
}

static void consume(void) {
  u32 position = *word(CONSUMER_POSITION), consumed = 0, skipped = 0, first, length;
  while ((load(word(PRODUCER_POSITION)) & ~7u) != position && !((first = load(header(position))) & BUSY)) {
    u32 *at = header(position);
    length = first & LENGTH;
    if ((at[1] & 0xffffff) != place(at) || record_bytes(length) > (load(word(PRODUCER_POSITION)) & ~7u) - position)
      die("the ring is damaged");
    if (first & DISCARD) skipped++;
    else if (++consumed) for (u32 i = 0; i < length / 4; i++) printf("%u%c", at[2 + i], i + 1 < length / 4 ? ' ' : '\n');
    position += record_bytes(length);
    if (consumed + skipped == 64) break;
  }
  fflush(stdout); /* Shown before it is released: who dies between shows it twice, and loses nothing. */
  if (consumed + skipped) release(position, consumed, skipped);
}

int main(int count, char **arguments) {
  open_ring(arguments[count - 1]);
  u32 home, before = load(word(CONSUMER)), token = owner_word(((before >> 2) + 1) & 255, &home);
  if ((before & 1) || !cas(word(CONSUMER), before, token)) die("the ring has a consumer already");
  sign(SLOTS, token, home);
  keep_promise();
  for (;;) {
    consume();
    u32 *at = header(*word(CONSUMER_POSITION)), producer;
    store(word(SLEEP), ASLEEP); /* then the look: whoever commits behind it sees that we sleep */
    producer = load(word(PRODUCER_POSITION));
    if (producer == (*word(CONSUMER_POSITION) | CLOSED)) break;
    if (producer == *word(CONSUMER_POSITION) || (load(at) & BUSY)) sleep_on(word(SLEEP), ASLEEP);
    store(word(SLEEP), AWAKE);
  }
  store(word(SLEEP), AWAKE);
  return !cas(word(CONSUMER), token, token + 1);
}
