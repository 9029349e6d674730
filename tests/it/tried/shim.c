// Logs every path that a process tries, found or not, one a line: to be preloaded. The log is what JMAKE_TRIED names.
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static void put(const char *path, int dir) {
    const char *log = getenv("JMAKE_TRIED");
    if (!log || !path || !*path) return;
    char line[2 * PATH_MAX + 2], place[64];
    size_t length = 0;
    if (*path != '/' && dir != AT_FDCWD) {
        snprintf(place, sizeof place, "/proc/self/fd/%d", dir);
        long got = syscall(SYS_readlinkat, AT_FDCWD, place, line, PATH_MAX);
        if (got > 0) { length = (size_t)got; line[length++] = '/'; }
    }
    size_t rest = strnlen(path, PATH_MAX);
    memcpy(line + length, path, rest);
    length += rest;
    line[length++] = '\n';
    long fd = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) _exit(97);
    if (syscall(SYS_write, fd, line, length) != (long)length) _exit(98);
    syscall(SYS_close, fd);
}

#define REAL(name) static __typeof__(name) *real; if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)
#define MODE va_list more; va_start(more, flags); mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0; va_end(more)

int open(const char *path, int flags, ...) { MODE; REAL(open); put(path, AT_FDCWD); return real(path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE; REAL(open64); put(path, AT_FDCWD); return real(path, flags, mode); }
int openat(int dir, const char *path, int flags, ...) { MODE; REAL(openat); put(path, dir); return real(dir, path, flags, mode); }
int openat64(int dir, const char *path, int flags, ...) { MODE; REAL(openat64); put(path, dir); return real(dir, path, flags, mode); }
FILE *fopen(const char *path, const char *how) { REAL(fopen); put(path, AT_FDCWD); return real(path, how); }
FILE *fopen64(const char *path, const char *how) { REAL(fopen64); put(path, AT_FDCWD); return real(path, how); }
DIR *opendir(const char *path) { REAL(opendir); put(path, AT_FDCWD); return real(path); }
int stat(const char *path, struct stat *to) { REAL(stat); put(path, AT_FDCWD); return real(path, to); }
int stat64(const char *path, struct stat64 *to) { REAL(stat64); put(path, AT_FDCWD); return real(path, to); }
int lstat(const char *path, struct stat *to) { REAL(lstat); put(path, AT_FDCWD); return real(path, to); }
int lstat64(const char *path, struct stat64 *to) { REAL(lstat64); put(path, AT_FDCWD); return real(path, to); }
int fstatat(int dir, const char *path, struct stat *to, int flags) { REAL(fstatat); put(path, dir); return real(dir, path, to, flags); }
int fstatat64(int dir, const char *path, struct stat64 *to, int flags) { REAL(fstatat64); put(path, dir); return real(dir, path, to, flags); }
int statx(int dir, const char *path, int flags, unsigned mask, struct statx *to) { REAL(statx); put(path, dir); return real(dir, path, flags, mask, to); }
int __xstat(int v, const char *path, struct stat *to) { static int (*real)(int, const char *, struct stat *); if (!real) real = dlsym(RTLD_NEXT, "__xstat"); put(path, AT_FDCWD); return real(v, path, to); }
int __xstat64(int v, const char *path, struct stat64 *to) { static int (*real)(int, const char *, struct stat64 *); if (!real) real = dlsym(RTLD_NEXT, "__xstat64"); put(path, AT_FDCWD); return real(v, path, to); }
int __lxstat(int v, const char *path, struct stat *to) { static int (*real)(int, const char *, struct stat *); if (!real) real = dlsym(RTLD_NEXT, "__lxstat"); put(path, AT_FDCWD); return real(v, path, to); }
int __lxstat64(int v, const char *path, struct stat64 *to) { static int (*real)(int, const char *, struct stat64 *); if (!real) real = dlsym(RTLD_NEXT, "__lxstat64"); put(path, AT_FDCWD); return real(v, path, to); }
int access(const char *path, int how) { REAL(access); put(path, AT_FDCWD); return real(path, how); }
int faccessat(int dir, const char *path, int how, int flags) { REAL(faccessat); put(path, dir); return real(dir, path, how, flags); }
ssize_t readlink(const char *path, char *to, size_t size) { REAL(readlink); put(path, AT_FDCWD); return real(path, to, size); }
ssize_t readlinkat(int dir, const char *path, char *to, size_t size) { REAL(readlinkat); put(path, dir); return real(dir, path, to, size); }
char *realpath(const char *path, char *to) { REAL(realpath); put(path, AT_FDCWD); return real(path, to); }
void *dlopen(const char *path, int flags) { REAL(dlopen); if (path && strchr(path, '/')) put(path, AT_FDCWD); return real(path, flags); }
int execve(const char *path, char *const args[], char *const env[]) { REAL(execve); put(path, AT_FDCWD); return real(path, args, env); }
int execv(const char *path, char *const args[]) { REAL(execv); put(path, AT_FDCWD); return real(path, args); }
int execvp(const char *path, char *const args[]) { REAL(execvp); put(path, AT_FDCWD); return real(path, args); }
int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *with, char *const args[], char *const env[]) { REAL(posix_spawn); put(path, AT_FDCWD); return real(pid, path, actions, with, args, env); }
int posix_spawnp(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *with, char *const args[], char *const env[]) { REAL(posix_spawnp); put(path, AT_FDCWD); return real(pid, path, actions, with, args, env); }
