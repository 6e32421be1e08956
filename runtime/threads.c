/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runtime/threads.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum { STACK_SIZE = 1 << 20 };

/* The work that is under way, and those who do it. What is not atomic changes under the mutex only. */
typedef struct Threads {
    pthread_mutex_t mutex;
    pthread_cond_t begun, left;
    pid_t process;      /* a copy of the process has no threads */
    size_t size;        /* of this block */
    bool closing;
    bool open;          /* there is work that threads may join */
    uint64_t work;      /* its number */
    unsigned inside;    /* threads that have joined it */
    ThreadsRange *range;
    void *context;
    size_t n, grain;
    atomic_size_t next; /* the first unit that nobody has taken */
    unsigned n_workers;
    pthread_t workers[];
} Threads;

static void take_ranges(Threads *t) {
    for (;;) {
        size_t first = atomic_fetch_add_explicit(&t->next, t->grain, memory_order_relaxed);
        if (first >= t->n) return;
        t->range(t->context, first, t->n - first < t->grain ? t->n : first + t->grain);
    }
}

static void *worker(void *threads) {
    Threads *t = threads;
    uint64_t seen = 0;
    pthread_mutex_lock(&t->mutex);
    while (!t->closing) {
        if (seen == t->work || !t->open) {
            pthread_cond_wait(&t->begun, &t->mutex);
            continue;
        }
        seen = t->work;
        t->inside++;
        pthread_mutex_unlock(&t->mutex);
        take_ranges(t);
        pthread_mutex_lock(&t->mutex);
        if (--t->inside == 0) pthread_cond_signal(&t->left);
    }
    pthread_mutex_unlock(&t->mutex);
    return NULL;
}

/* As many as there can be. Signals are for the thread that runs the program. */
static void start_workers(Threads *t, unsigned wanted) {
    sigset_t all, before;
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0) return;
    pthread_attr_setstacksize(&attributes, STACK_SIZE);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (t->n_workers < wanted && pthread_create(&t->workers[t->n_workers], &attributes, worker, t) == 0) t->n_workers++;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
}

/* NULL: there is no memory. */
static Threads *threads_open(State *S) {
    unsigned wanted = S->options.threads - 1;
    size_t size = sizeof(Threads) + wanted * sizeof(pthread_t);
    Threads *t = memory_try(S, size);
    if (!t) return NULL;
    *t = (Threads){.process = getpid(), .size = size};
    atomic_init(&t->next, 0);
    pthread_mutex_init(&t->mutex, NULL);
    pthread_cond_init(&t->begun, NULL);
    pthread_cond_init(&t->left, NULL);
    start_workers(t, wanted);
    return t;
}

void threads_close(State *S) {
    Threads *t = S->threads;
    if (!t) return;
    S->threads = NULL;
    if (t->process == getpid()) {
        pthread_mutex_lock(&t->mutex);
        t->closing = true;
        pthread_cond_broadcast(&t->begun);
        pthread_mutex_unlock(&t->mutex);
        for (unsigned k = 0; k < t->n_workers; k++) pthread_join(t->workers[k], NULL);
        pthread_cond_destroy(&t->left);
        pthread_cond_destroy(&t->begun);
        pthread_mutex_destroy(&t->mutex);
    }
    memory_free(S, t, t->size);
}

static void run_together(Threads *t, size_t n, size_t grain, ThreadsRange *range, void *context) {
    size_t helpers = (n - 1) / grain;
    pthread_mutex_lock(&t->mutex);
    t->range = range;
    t->context = context;
    t->n = n;
    t->grain = grain;
    atomic_store_explicit(&t->next, 0, memory_order_relaxed);
    t->work++;
    t->open = true;
    if (helpers >= t->n_workers) pthread_cond_broadcast(&t->begun);
    else
        while (helpers-- > 0) pthread_cond_signal(&t->begun);
    pthread_mutex_unlock(&t->mutex);
    take_ranges(t);
    pthread_mutex_lock(&t->mutex);
    t->open = false;
    while (t->inside) pthread_cond_wait(&t->left, &t->mutex);
    pthread_mutex_unlock(&t->mutex);
}

void threads_run(State *S, size_t n, size_t grain, ThreadsRange *range, void *context) {
    if (n > grain && S->options.threads > 1) {
        if (S->threads && S->threads->process != getpid()) threads_close(S);
        if (!S->threads) S->threads = threads_open(S);
        if (S->threads && S->threads->n_workers) {
            run_together(S->threads, n, grain, range, context);
            return;
        }
    }
    if (n) range(context, 0, n);
}

void elbo_set_threads(elbo_State *S, unsigned threads) {
    if (threads == S->options.threads) return;
    threads_close(S);
    S->options.threads = threads;
}

unsigned elbo_threads(const elbo_State *S) { return S->options.threads > 1 ? S->options.threads : 1; }
