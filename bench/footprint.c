/* SPDX-License-Identifier: GPL-3.0-or-later
   footprint REPETITIONS COMMAND [ARGUMENT]...: runs the command so often, its output to nowhere, and prints the median of its wall-clock
   time in milliseconds and the most memory that it had in megabytes. Exits with 1 if the command fails. */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static double milliseconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv) {
    int n = argc > 2 ? atoi(argv[1]) : 0;
    if (n < 1) return fputs("footprint: footprint REPETITIONS COMMAND...\n", stderr), 2;
    double *times = calloc((size_t)n, sizeof *times), most = 0;
    posix_spawn_file_actions_t actions;
    if (!times || posix_spawn_file_actions_init(&actions)) return 1;
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    for (int k = 0; k < n; k++) {
        double start = milliseconds();
        struct rusage usage;
        pid_t child;
        int status;
        if (posix_spawnp(&child, argv[2], &actions, NULL, argv + 2, environ) || wait4(child, &status, 0, &usage) < 0 || status) return 1;
        times[k] = milliseconds() - start;
        double megabytes = (double)usage.ru_maxrss / 1024;
        if (megabytes > most) most = megabytes;
    }
    qsort(times, (size_t)n, sizeof *times, ascending);
    printf("%.3f %.2f\n", (times[(n - 1) / 2] + times[n / 2]) / 2, most);
    posix_spawn_file_actions_destroy(&actions);
    free(times);
    return 0;
}
