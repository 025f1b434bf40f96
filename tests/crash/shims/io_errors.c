/* A disk that fails: of the writes, truncations and syncs of files below $FAIL_BELOW, one fails.
 *
 * Preloaded, and told by `shim_arm` which one, with which errno, and whether all later ones do
 * too; `shim_count` says how many there were since.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static long count, fail_at;
static int fail_errno, fail_on;

void shim_arm(long at, int with, int sticky) {
    count = 0;
    fail_at = at;
    fail_errno = with;
    fail_on = sticky;
}

long shim_count(void) { return count; }

static int fails(int fd) {
    char link[64], path[PATH_MAX];
    const char *folder = getenv("FAIL_BELOW");
    if (!folder || !fail_at) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    if (strncmp(path, folder, strlen(folder)) != 0) return 0;
    count++;
    if (count == fail_at || (fail_on && count > fail_at)) {
        errno = fail_errno;
        return 1;
    }
    return 0;
}

#define FAILING(kind, name, parameters, arguments)              \
    kind name parameters {                                      \
        static kind(*real) parameters;                          \
        if (!real) real = dlsym(RTLD_NEXT, #name);              \
        return fails(fd) ? -1 : real arguments;                 \
    }

FAILING(ssize_t, write, (int fd, const void *from, size_t size), (fd, from, size))
FAILING(ssize_t, pwrite, (int fd, const void *from, size_t size, off_t at), (fd, from, size, at))
FAILING(ssize_t, pwrite64, (int fd, const void *from, size_t size, off64_t at), (fd, from, size, at))
FAILING(int, ftruncate, (int fd, off_t size), (fd, size))
FAILING(int, ftruncate64, (int fd, off64_t size), (fd, size))
FAILING(int, fsync, (int fd), (fd))
FAILING(int, fdatasync, (int fd), (fd))
