/* Sends records to a ring: producer PATH RECORDS [FLAGS]. Their words: a mark, their number, then that number again. */
#include "ring.h"

/* What the counters will be when that is published which comes next; then they are made so; or it was not published. */
static void promise(u32 counter, u64 amount, u64 attempted, u64 bytes) {
  u64 *now = words(slot), *journal = words(slot + JOURNAL);
  journal[1] = now[1] + attempted, journal[2] = now[counter / 8] + amount, journal[3] = now[6] + bytes;
  store((u32 *)journal, counter);
}
static int settle(int published) {
  u64 *now = words(slot), *journal = words(slot + JOURNAL);
  if (published) now[1] = journal[1], now[6] = journal[3], now[*(u32 *)journal / 8] = journal[2];
  store((u32 *)journal, 0);
  return published;
}

static void *reserve(u32 length) {
  u32 consumer = load(word(CONSUMER_POSITION)), held, *at = NULL;
  while (!cas(word(LOCK), 0, own_lock))
    if ((held = load(word(LOCK))) && cas(word(LOCK), held, held | PARKED)) sleep_on(word(LOCK), held | PARKED);
  u32 position = load(word(PRODUCER_POSITION)), pending = *word(PENDING_POSITION), end = position + record_bytes(length);
  while (pending != position && !(load(header(pending)) & BUSY)) pending += record_bytes(*header(pending) & LENGTH);
  *word(PENDING_POSITION) = pending;
  if (load(word(slot)) == token && !(position & 7) && end - pending < size && end - consumer < size) {
    at = header(position);
    store(at + 1, place(at) | (slot - SLOTS) / SLOT_BYTES << 24); /* before the length */
    store(at, length | BUSY);
    promise(8, 1, 1, 0);
    if (!settle(cas(word(PRODUCER_POSITION), position, end))) at = NULL; /* it was closed meanwhile */
  }
  if (swap(word(LOCK), 0) & PARKED) wake(word(LOCK));
  return at ? at + 2 : NULL;
}

static void submit(void *payload, u32 length, int flags) {
  u32 *at = (u32 *)payload - 2, state;
  u64 second = (u64)at[1] << 32, busy = second | BUSY | length;
  promise(16, 1, 0, length);
  if (!settle(__atomic_compare_exchange_n((u64 *)at, &busy, second | length, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)))
    die("this producer was declared gone");
  if ((flags & NO_WAKEUP) || ((state = load(word(SLEEP))) != ASLEEP && state != FOR_MORE)) return;
  /* Only if it has caught up with this record. One that sleeps for more may be woken early. */
  int due = state == FOR_MORE || header(load(word(CONSUMER_POSITION))) == at;
  if ((due || (flags & FORCE_WAKEUP)) && cas(word(SLEEP), state, flags & FORCE_WAKEUP ? FORCED : AWAKE))
    words(slot)[7]++, wake(word(SLEEP));
}

int main(int count, char **arguments) {
  u32 records = (u32)atoi(arguments[2]), flags = count > 3 ? (u32)atoi(arguments[3]) : 0, *payload;
  open_ring(arguments[1]);
  take_slot();
  for (u32 i = 0; i < records; i++) {
    for (;;) {
      u32 sequence = load(word(ROOM_SEQUENCE)), length = 8 + i % 50 * 4;
      if ((payload = reserve(length))) {
        payload[0] = 0xC;
        for (u32 k = 4; k < length; k += 4) payload[k / 4] = i;
        submit(payload, length, (int)flags);
        break;
      }
      if (load(word(PRODUCER_POSITION)) & CLOSED) return 2;
      store(word(ROOM_WAITERS), 1);
      sleep_on(word(ROOM_SEQUENCE), sequence);
    }
  }
  return !cas(word(slot), token, 0);
}
