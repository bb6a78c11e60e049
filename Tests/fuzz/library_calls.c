/* Functions without a handle. */
#include <string.h>

#include "calls.h"
#include "random.h"
#include "record.h"

static void text(const char *result, const char *name) {
  if (!result || !*result) FINDING("%s gives no text", name);
}

void library_calls(void) {
  int64_t held = -1;
  switch (below(6)) {
    case 0:
      COUNTED(rfgsnn_abi_version, ());
      text(COUNTED(rfgsnn_version, ()), "version");
      text(COUNTED(rfgsnn_build_info, ()), "build_info");
      text(COUNTED(rfgsnn_instruction_set, ()), "instruction_set");
      break;
    case 1: {
      int32_t major = chance(0.7) ? RFGSNN_ABI_MAJOR : (int32_t)random_bits();
      int32_t minor = chance(0.7) ? RFGSNN_ABI_MINOR : (int32_t)random_bits();
      rfgsnn_status status = CALL(rfgsnn_require_abi, (major, minor), "%d %d", (int)major, (int)minor);
      bool served = major == RFGSNN_ABI_MAJOR && minor >= 0 && minor <= RFGSNN_ABI_MINOR;
      if (served != (status == RFGSNN_OK)) FINDING("ABI %d.%d: %d", (int)major, (int)minor, (int)status);
      break;
    }
    case 2:
      if (CALL(rfgsnn_memory_held, (chance(0.9) ? &held : NULL), "") == RFGSNN_OK && held < 0) {
        FINDING("%lld bytes are held", (long long)held);
      }
      break;
    case 3: {
      const char *key = NULL, *words = NULL, *range = NULL, *meaning = NULL;
      rfgsnn_option_type type;
      int32_t count = COUNTED(rfgsnn_option_count, ());
      int32_t index = chance(0.8) ? (int32_t)below(count) : (int32_t)random_bits();
      rfgsnn_status status =
          CALL(rfgsnn_option_describe, (index, chance(0.5) ? &key : NULL, &type, &words, &range, &meaning), "%d",
               (int)index);
      expect_failure(index < 0 || index >= count, status);
      if ((status == RFGSNN_OK) != (words && range && meaning)) FINDING("option %d: texts are missing", (int)index);
      break;
    }
    case 4: text(COUNTED(rfgsnn_status_name, ((rfgsnn_status)(int32_t)random_bits())), "status_name"); break;
    default:
      if (!COUNTED(rfgsnn_last_error, ())) FINDING("last_error is NULL");
  }
}
