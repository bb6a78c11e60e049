/* Handles: null, freed, foreign and mixed-up ones, lifetimes, and what is held. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "fixture.h"

static fixture *f;

/* Each kind of handle with a call that takes one. */
static rfgsnn_status use_options(void *handle) { return rfgsnn_options_set_int(handle, "seed", 1); }
static rfgsnn_status use_network(void *handle) { return rfgsnn_network_tensor_count(handle, &(int32_t){0}); }
static rfgsnn_status use_state(void *handle) { return rfgsnn_state_reset(handle); }
static rfgsnn_status use_trainer(void *handle) { return rfgsnn_perturb(handle, -1); }
static rfgsnn_status free_options(void *handle) { return rfgsnn_options_free(handle); }
static rfgsnn_status free_network(void *handle) { return rfgsnn_network_free(handle); }
static rfgsnn_status free_state(void *handle) { return rfgsnn_state_free(handle); }
static rfgsnn_status free_trainer(void *handle) { return rfgsnn_trainer_free(handle); }

static const struct kind {
  const char *name, *maker;
  rfgsnn_status (*use)(void *), (*release)(void *);
} kinds[] = {
    {"options", "rfgsnn_options_create", use_options, free_options},
    {"network", "rfgsnn_network_create", use_network, free_network},
    {"state", "rfgsnn_state_create", use_state, free_state},
    {"trainer", "rfgsnn_trainer_create", use_trainer, free_trainer},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

/* One of each kind, in the order of `kinds`. */
static void make_all(void *made[KINDS]) {
  rfgsnn_state *state = NULL;
  rfgsnn_trainer *trainer = NULL;
  rfgsnn_network *network = NULL;
  made[0] = options_of("inputs=1 outputs=1");
  OK(rfgsnn_network_create(made[0], &network));
  OK(rfgsnn_state_create(network, 3, &state));
  OK(rfgsnn_trainer_create(network, made[0], &trainer));
  made[1] = network;
  made[2] = state;
  made[3] = trainer;
}

static void free_all(void *made[KINDS]) {
  for (int kind = KINDS - 1; kind >= 0; --kind) OK(kinds[kind].release(made[kind]));
}

static void null_handles(void) {
  group("a NULL handle is refused by all but the free functions");
  for (const struct kind *kind = kinds; kind < kinds + KINDS; ++kind) {
    REFUSED(RFGSNN_ERROR_NULL_POINTER, kind->use(NULL), kind->name, "NULL", kind->maker);
    OK(kind->release(NULL));
  }
}

static void foreign_handles(void) {
  group("a pointer that is no handle is refused, and not followed");
  int on_stack = 0;
  void *on_heap = calloc(1, 64);
  void *foreign[] = {&on_stack, on_heap, (void *)0x10, (void *)1, (void *)-1, (void *)(uintptr_t)use_options};
  for (const struct kind *kind = kinds; kind < kinds + KINDS; ++kind) {
    for (size_t index = 0; index < sizeof foreign / sizeof *foreign; ++index) {
      REFUSED(RFGSNN_ERROR_INVALID_HANDLE, kind->use(foreign[index]), kind->name, "no handle", kind->maker);
      REFUSED(RFGSNN_ERROR_INVALID_HANDLE, kind->release(foreign[index]), kind->name, kind->maker);
    }
  }
  free(on_heap);

  group("a live handle with one bit changed is refused, or another live one");
  uintptr_t bits = (uintptr_t)f->network;
  for (int bit = 0; bit < 64; ++bit) {
    void *changed = (void *)(bits ^ (uintptr_t)1 << bit);
    rfgsnn_status status = use_trainer(changed);
    CHECK(status == RFGSNN_ERROR_INVALID_HANDLE || changed == (void *)f->trainer);
  }
}

static void mixed_up_handles(void) {
  group("a handle of another kind is refused, and its kind named");
  void *made[KINDS];
  make_all(made);
  for (int expected = 0; expected < KINDS; ++expected) {
    for (int given = 0; given < KINDS; ++given) {
      if (given == expected) continue;
      REFUSED(RFGSNN_ERROR_INVALID_HANDLE, kinds[expected].use(made[given]), kinds[expected].name,
              kinds[given].name, kinds[expected].maker);
      REFUSED(RFGSNN_ERROR_INVALID_HANDLE, kinds[expected].release(made[given]), kinds[given].name);
    }
  }
  free_all(made);
}

static void freed_handles(void) {
  group("a freed handle is refused for ever, also when its place is used again");
  void *freed[KINDS], *later[KINDS];
  make_all(freed);
  free_all(freed);
  for (int round = 0; round < 3; ++round) {
    for (int kind = 0; kind < KINDS; ++kind) {
      REFUSED(RFGSNN_ERROR_INVALID_HANDLE, kinds[kind].use(freed[kind]), kinds[kind].name, "was freed");
      REFUSED(RFGSNN_ERROR_INVALID_HANDLE, kinds[kind].release(freed[kind]), kinds[kind].name, "was freed");
    }
    make_all(later);
    for (int kind = 0; kind < KINDS; ++kind) {
      REFUSED(RFGSNN_ERROR_INVALID_HANDLE, kinds[kind].use(freed[kind]), "was freed");
      OK(kinds[kind].use(later[kind]));
    }
    free_all(later);
  }
}

static void lifetimes(void) {
  group("a network is not freed before its trainers and states");
  void *made[KINDS];
  make_all(made);
  REFUSED(RFGSNN_ERROR_IN_USE, rfgsnn_network_free(made[1]), "network", "2 trainers or states",
          "free them first");
  OK(rfgsnn_trainer_free(made[3]));
  REFUSED(RFGSNN_ERROR_IN_USE, rfgsnn_network_free(made[1]), "network", "1 trainer or state",
          "free that first");
  OK(use_state(made[2]));
  OK(rfgsnn_state_free(made[2]));
  OK(rfgsnn_network_free(made[1]));
  OK(rfgsnn_options_free(made[0]));

  group("a failed create leaves the network free to go");
  rfgsnn_options *bad = options_of("inputs=1 outputs=1 schedule=exponential final_fraction=0");
  rfgsnn_network *network;
  rfgsnn_trainer *trainer = NULL;
  rfgsnn_state *state = NULL;
  OK(rfgsnn_network_create(bad, &network));
  CHECK(rfgsnn_trainer_create(network, bad, &trainer) < 0 && trainer == NULL);
  CHECK(rfgsnn_state_create(network, 0, &state) == RFGSNN_ERROR_OUT_OF_RANGE && state == NULL);
  OK(rfgsnn_network_free(network));
  OK(rfgsnn_options_free(bad));
}

static void many_handles(void) {
  group("200 handles of each kind come and go, in any order");
  enum { MANY = 200 };
  static void *made[MANY][KINDS];
  int64_t before = memory_held();
  for (int index = 0; index < MANY; ++index) make_all(made[index]);
  CHECK(memory_held() > before);
  for (int index = 0; index < MANY; ++index) {
    for (int other = 0; other < index; ++other) {
      if (memcmp(made[index], made[other], sizeof made[0]) == 0) CHECK(!"two handles are the same");
    }
  }
  for (int index = 0; index < MANY; ++index) free_all(made[index * 73 % MANY]);
  CHECK_EQUAL(memory_held(), before);
}

int main(void) {
  int64_t before = memory_held();
  f = fixture_make("");
  watch(f->network);
  null_handles();
  foreign_handles();
  mixed_up_handles();
  freed_handles();
  lifetimes();
  many_handles();

  group("nothing is held when everything is freed");
  watch(NULL);
  fixture_free(f);
  CHECK_EQUAL(memory_held(), before);
  return summary();
}
