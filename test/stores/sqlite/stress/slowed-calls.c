/*
 * A library that is preloaded into a process, between SQLite and the system. For files whose path contains MATCH it waits
 * up to SLOW microseconds before and after each call, lets calls fail with EIO while the file FAIL exists, and counts in
 * the file COUNT (4 bytes) how often the files are synced to disk.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MAX_FILES 65536
#define REAL(name) \
  static __typeof__(name) *real; \
  if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

static char matches[MAX_FILES];

static int is_ours(int file) { return file >= 0 && file < MAX_FILES && matches[file]; }

static void slow(int file) {
  static __thread unsigned seed;
  const char *most = getenv("SLOW");
  if (!is_ours(file) || !most) return;
  if (!seed) seed = (unsigned)getpid();
  usleep(rand_r(&seed) % (unsigned)atoi(most));
}

static int fails(int file) {
  const char *flag = getenv("FAIL");
  int before = errno;
  if (!is_ours(file) || !flag || access(flag, F_OK) != 0) {
    errno = before;
    return 0;
  }
  errno = EIO;
  return 1;
}

static void count(int file) {
  static uint32_t *counter;
  const char *path = getenv("COUNT");
  if (!is_ours(file) || !path) return;
  if (!counter) {
    int own = open(path, O_RDWR);
    counter = mmap(0, 4, PROT_READ | PROT_WRITE, MAP_SHARED, own, 0);
  }
  __sync_fetch_and_add(counter, 1);
}

static int opened(int file, const char *path) {
  const char *match = getenv("MATCH");
  if (file >= 0 && file < MAX_FILES) matches[file] = match && path && strstr(path, match) ? 1 : 0;
  slow(file);
  return file;
}

#define OPEN(name) \
  int name(const char *path, int flags, ...) { \
    REAL(name); \
    va_list rest; \
    va_start(rest, flags); \
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
    va_end(rest); \
    return opened(real(path, flags, mode), path); \
  }
OPEN(open)
OPEN(open64)

int close(int file) {
  REAL(close);
  slow(file);
  if (file >= 0 && file < MAX_FILES) matches[file] = 0;
  return real(file);
}

#define TRANSFER(name, bytes) \
  ssize_t name(int file, bytes buffer, size_t size, off_t place) { \
    REAL(name); \
    slow(file); \
    if (fails(file)) return -1; \
    ssize_t done = real(file, buffer, size, place); \
    slow(file); \
    return done; \
  }
TRANSFER(pread, void *)
TRANSFER(pread64, void *)
TRANSFER(pwrite, const void *)
TRANSFER(pwrite64, const void *)

#define CONTROL(name) \
  int name(int file, int command, ...) { \
    REAL(name); \
    va_list rest; \
    va_start(rest, command); \
    void *argument = va_arg(rest, void *); \
    va_end(rest); \
    slow(file); \
    int result = real(file, command, argument); \
    slow(file); \
    return result; \
  }
CONTROL(fcntl)
CONTROL(fcntl64)

#define FLUSH(name) \
  int name(int file) { \
    REAL(name); \
    slow(file); \
    if (fails(file)) return -1; \
    count(file); \
    return real(file); \
  }
FLUSH(fsync)
FLUSH(fdatasync)

#define TRUNCATE(name) \
  int name(int file, off_t size) { \
    REAL(name); \
    slow(file); \
    if (fails(file)) return -1; \
    return real(file, size); \
  }
TRUNCATE(ftruncate)
TRUNCATE(ftruncate64)

#define MAP(name) \
  void *name(void *wish, size_t size, int protection, int flags, int file, off_t place) { \
    REAL(name); \
    slow(file); \
    void *address = real(wish, size, protection, flags, file, place); \
    slow(file); \
    return address; \
  }
MAP(mmap)
MAP(mmap64)
