/* How many processors this process may use: its affinity mask, and the quotas of its control groups. No allocation, as
 * it must not fail. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "system.h"

enum {
  LONGEST = 1024,  /* lines and paths that are longer are passed over: those that matter are not */
  MOST = 32 * 1024 /* processors that a mask has room for: four times what Linux can be built for */
};

/* The lines of a file, one after the other. */
struct lines {
  int file;
  size_t at, filled;
  char chunk[512];
};

static struct lines open_lines(const char *path) {
  struct lines lines = {.file = open(path, O_RDONLY | O_CLOEXEC)};
  return lines;
}

static int next_byte(struct lines *lines) {
  if (lines->at == lines->filled) {
    ssize_t count = lines->file < 0 ? 0 : read(lines->file, lines->chunk, sizeof lines->chunk);
    if (count <= 0) return EOF;
    lines->at = 0;
    lines->filled = (size_t)count;
  }
  return (unsigned char)lines->chunk[lines->at++];
}

/* Whether there is one more; without its end, and empty where it is too long. */
static bool next_line(struct lines *lines, char line[LONGEST]) {
  size_t length = 0;
  int byte = next_byte(lines);
  if (byte == EOF) return false;
  for (; byte != EOF && byte != '\n'; byte = next_byte(lines)) {
    if (length < LONGEST) line[length++] = (char)byte;
  }
  line[length < LONGEST ? length : 0] = '\0';
  return true;
}

static void close_lines(struct lines *lines) {
  if (lines->file >= 0) close(lines->file);
}

/* Whether a word is in a list that commas separate. */
static bool has(const char *list, const char *word) {
  size_t length = strlen(word);
  for (const char *place = strstr(list, word); place != NULL; place = strstr(place + 1, word)) {
    bool begins = place == list || place[-1] == ',';
    if (begins && (place[length] == '\0' || place[length] == ',')) return true;
  }
  return false;
}

/* Path of this process's control group: of version 1 with the controller `cpu`, or of version 2. */
static bool find_group(const char *root, bool second, char path[LONGEST]) {
  char line[LONGEST];
  bool found = false;
  snprintf(line, sizeof line, "%s/proc/self/cgroup", root);
  struct lines lines = open_lines(line);
  while (!found && next_line(&lines, line)) { /* number:controllers:path */
    char *controllers = strchr(line, ':');
    char *group = controllers == NULL ? NULL : strchr(controllers + 1, ':');
    if (group == NULL || group[1] != '/') continue;
    *group++ = '\0';
    ++controllers;
    found = second ? *controllers == '\0' : has(controllers, "cpu");
    if (found) memcpy(path, group, strlen(group) + 1);
  }
  close_lines(&lines);
  return found;
}

/* Two numbers of a file's first line, "max" being none; false if there are not that many. */
static bool read_numbers(const char *path, int count, long long numbers[2]) {
  char line[LONGEST];
  struct lines lines = open_lines(path);
  bool read = next_line(&lines, line);
  close_lines(&lines);
  char *place = line;
  for (int index = 0; read && index < count; ++index) {
    char *end;
    numbers[index] = strtoll(place, &end, 10);
    read = end != place;
    place = end;
  }
  return read;
}

/* Processors that a group's own quota pays for, rounded up; INT32_MAX if it has none. */
static int32_t quota_of_group(const char *group, bool second) {
  char path[LONGEST + 32];
  long long numbers[2] = {0, 0};
  if (second) {
    snprintf(path, sizeof path, "%s/cpu.max", group);
    if (!read_numbers(path, 2, numbers)) return INT32_MAX;
  } else {
    snprintf(path, sizeof path, "%s/cpu.cfs_quota_us", group);
    if (!read_numbers(path, 1, numbers)) return INT32_MAX;
    snprintf(path, sizeof path, "%s/cpu.cfs_period_us", group);
    if (!read_numbers(path, 1, numbers + 1)) return INT32_MAX;
  }
  if (numbers[0] <= 0 || numbers[1] <= 0) return INT32_MAX;
  long long processors = numbers[0] / numbers[1] + (numbers[0] % numbers[1] != 0);
  return processors < INT32_MAX ? (int32_t)processors : INT32_MAX;
}

/* mountinfo writes space, tab, line feed and backslash as three octal digits. */
static void unescape(char *text) {
  char *to = text;
  for (; *text != '\0'; ++text) {
    if (text[0] == '\\' && strspn(text + 1, "01234567") >= 3) {
      *to++ = (char)((text[1] - '0') * 64 + (text[2] - '0') * 8 + (text[3] - '0'));
      text += 3;
    } else {
      *to++ = *text;
    }
  }
  *to = '\0';
}

/* The least quota of this process's group and of those that it is in, as far as a mount shows them. */
static int32_t quota_of_mount(const char *root, char *line) {
  char *rest = strstr(line, " - "), *fields[5], *place;
  if (rest == NULL) return INT32_MAX;
  *rest = '\0';
  char *kind = strtok_r(rest + 3, " ", &place);
  char *source = strtok_r(NULL, " ", &place), *options = strtok_r(NULL, " ", &place);
  if (kind == NULL || source == NULL || options == NULL) return INT32_MAX;
  bool second = strcmp(kind, "cgroup2") == 0;
  if (!second && (strcmp(kind, "cgroup") != 0 || !has(options, "cpu"))) return INT32_MAX;
  for (int index = 0; index < 5; ++index) { /* number, parent, device, the directory that is mounted, where */
    fields[index] = strtok_r(index == 0 ? line : NULL, " ", &place);
    if (fields[index] == NULL) return INT32_MAX;
  }
  unescape(fields[3]);
  unescape(fields[4]);

  char group[LONGEST], path[2 * LONGEST];
  if (!find_group(root, second, group)) return INT32_MAX;
  size_t hidden = strcmp(fields[3], "/") == 0 ? 0 : strlen(fields[3]);
  bool below = strncmp(group, fields[3], hidden) == 0 && (group[hidden] == '/' || group[hidden] == '\0');
  const char *inner = below && strstr(group, "..") == NULL ? group + hidden : "";
  size_t top = strlen(root) + strlen(fields[4]);
  if (top + strlen(inner) >= LONGEST) inner = "";
  if (top >= LONGEST) return INT32_MAX;
  snprintf(path, sizeof path, "%s%s%s", root, fields[4], inner);
  int32_t least = quota_of_group(path, second);
  while (strlen(path) > top) {
    *strrchr(path, '/') = '\0';
    int32_t outer = quota_of_group(path, second);
    if (outer < least) least = outer;
  }
  return least;
}

int32_t rfgs_quota_processors(const char *root) {
  char line[LONGEST];
  int32_t least = INT32_MAX;
  if (strlen(root) > LONGEST / 2) return least;
  snprintf(line, sizeof line, "%s/proc/self/mountinfo", root);
  struct lines lines = open_lines(line);
  while (next_line(&lines, line)) {
    int32_t quota = quota_of_mount(root, line);
    if (quota < least) least = quota;
  }
  close_lines(&lines);
  return least;
}

int32_t rfgs_mask_processors(int (*read_mask)(size_t bytes, void *mask)) {
  unsigned char mask[MOST / 8] = {0};
  if (read_mask(sizeof mask, mask) != 0) return 0;
  int32_t count = 0;
  for (size_t index = 0; index < sizeof mask; ++index) count += __builtin_popcount(mask[index]);
  return count;
}

static int read_own_mask(size_t bytes, void *mask) {
#if defined(__linux__)
  return sched_getaffinity(0, bytes, mask);
#else
  (void)bytes, (void)mask;
  return -1;
#endif
}

int32_t rfgs_usable_processors(void) {
  static _Atomic int32_t quota; /* 0: not read yet */
  int32_t paid = atomic_load_explicit(&quota, memory_order_relaxed);
  if (paid == 0) {
    paid = rfgs_quota_processors("");
    atomic_store_explicit(&quota, paid, memory_order_relaxed);
  }
  int32_t allowed = rfgs_mask_processors(read_own_mask);
  if (allowed == 0) {
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    allowed = online > 0 ? (int32_t)online : 1;
  }
  return allowed < paid ? allowed : paid;
}
