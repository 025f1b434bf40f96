/* What would be on a disk after a power cut: every file as it was at its last sync.
 *
 * Preloaded. After a successful sync of a file directly in $SHADOW_OF its bytes are copied to
 * $SHADOW, read through the same descriptor: another open and close would drop SQLite's locks.
 * After a sync of the folder itself, names that are gone from it go from $SHADOW too: an unlink
 * counts only from then on. All bytes that were not synced are lost; order and torn writes are
 * not modelled.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int copy(int from, const char *name) {
    char draft[PATH_MAX], path[PATH_MAX], block[65536];
    const char *shadow = getenv("SHADOW");
    snprintf(draft, sizeof draft, "%s/.%s.draft", shadow, name);
    snprintf(path, sizeof path, "%s/%s", shadow, name);
    int to = open(draft, O_CREAT | O_TRUNC | O_WRONLY, 0600);
    if (to < 0) return -1;
    off_t place = 0;
    ssize_t count;
    while ((count = pread(from, block, sizeof block, place)) > 0) {
        if (write(to, block, count) != count) return -1;
        place += count;
    }
    close(to);
    return rename(draft, path);
}

static void forget_unlinked(const char *folder) {
    char path[PATH_MAX];
    const char *shadow = getenv("SHADOW");
    DIR *names = opendir(shadow);
    struct dirent *entry;
    while (names && (entry = readdir(names))) {
        if (entry->d_name[0] == '.') continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (access(path, F_OK) == 0) continue;
        snprintf(path, sizeof path, "%s/%s", shadow, entry->d_name);
        unlink(path);
    }
    if (names) closedir(names);
}

static void publish(int fd) {
    char link[64], path[PATH_MAX];
    const char *folder = getenv("SHADOW_OF");
    if (!folder) return;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return;
    path[length] = 0;
    size_t prefix = strlen(folder);
    if (strcmp(path, folder) == 0) forget_unlinked(folder);
    else if (strncmp(path, folder, prefix) == 0 && path[prefix] == '/' &&
             !strchr(path + prefix + 1, '/') && copy(fd, path + prefix + 1) != 0) abort();
}

int fsync(int fd) {
    static int (*real)(int);
    if (!real) real = dlsym(RTLD_NEXT, "fsync");
    int done = real(fd);
    if (done == 0) publish(fd);
    return done;
}

int fdatasync(int fd) {
    static int (*real)(int);
    if (!real) real = dlsym(RTLD_NEXT, "fdatasync");
    int done = real(fd);
    if (done == 0) publish(fd);
    return done;
}
