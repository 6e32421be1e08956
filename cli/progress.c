/* SPDX-License-Identifier: GPL-3.0-or-later
   The progress bar. */
#include "cli/progress.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { MOST_COLUMNS = 200, LINE = 1024, BAR_MOST = 40, BAR_LEAST = 6 };

ProgressBar progress_bar_open(bool quiet) {
    const char *term = getenv("TERM");
    bool can_erase = term && *term && strcmp(term, "dumb") != 0;
    return (ProgressBar){.on = !quiet && can_erase && isatty(STDERR_FILENO)};
}

/* ---- Parts of the line ---- */

/* 1234567 as 1,234,567. */
static void put_count(char *to, size_t size, uint64_t n) {
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%llu", (unsigned long long)n);
    size_t used = 0;
    for (int k = 0; k < length && used + 2 < size; k++) {
        if (k && (length - k) % 3 == 0) to[used++] = ',';
        to[used++] = digits[k];
    }
    to[used] = '\0';
}

static void put_rate(char *to, size_t size, double rate) {
    if (!(rate > 0)) *to = '\0';
    else if (rate >= 100) put_count(to, size - 2, (uint64_t)rate);
    else snprintf(to, size, rate >= 1 ? "%.1f" : "%.2g", rate);
    if (*to) strcat(to, "/s");
}

static void put_time(char *to, size_t size, double seconds) {
    if (!(seconds < 360000)) {
        snprintf(to, size, "> 99 h");
        return;
    }
    unsigned s = (unsigned)(seconds + 0.5);
    snprintf(to, size, "%u:%02u:%02u", s / 3600, s / 60 % 60, s % 60);
}

/* ELBO -25179.54 ± 0.12: as many digits as the noise leaves. */
static void put_elbo(char *to, size_t size, const elbo_Progress *p) {
    if (!p->has_elbo || !isfinite(p->elbo)) {
        *to = '\0';
        return;
    }
    if (!(p->noise > 0) || !isfinite(p->noise)) {
        snprintf(to, size, "ELBO %.6g", p->elbo);
        return;
    }
    int decimals = 1 - (int)floor(log10(p->noise));
    if (decimals < 0) decimals = 0;
    if (decimals > 9) decimals = 9;
    snprintf(to, size, "ELBO %.*f ± %.2g", decimals, p->elbo, p->noise);
}

/* ████▌   : filled to an eighth of a column. */
static size_t put_bar(char *to, double part, unsigned columns) {
    static const char *const eighths[] = {" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"};
    unsigned filled = (unsigned)(part * 8 * columns + 0.5);
    size_t used = 0;
    for (unsigned k = 0; k < columns; k++) {
        const char *cell = eighths[filled >= 8 ? 8 : filled];
        filled -= filled >= 8 ? 8 : filled;
        memcpy(to + used, cell, strlen(cell));
        used += strlen(cell);
    }
    to[used] = '\0';
    return used;
}

/* Columns of UTF-8 text without wide or combining characters. */
static unsigned columns_of(const char *text) {
    unsigned n = 0;
    for (; *text; text++) n += ((unsigned char)*text & 0xC0) != 0x80;
    return n;
}

/* ---- The line ---- */

/* Appends `  part` if it fits. */
static void put_part(char *line, size_t size, unsigned *left, const char *part) {
    unsigned n = columns_of(part) + 2;
    if (!*part || n > *left || strlen(line) + strlen(part) + 3 > size) return;
    strcat(line, "  ");
    strcat(line, part);
    *left -= n;
}

/* The name, cut to the columns that there are; control characters are nobody's name. */
static void put_name(char *line, const char *name, unsigned columns) {
    size_t used = 0;
    unsigned n = 0;
    for (; *name && n <= columns && used + 8 < LINE / 2; name++) {
        unsigned char c = (unsigned char)*name;
        n += (c & 0xC0) != 0x80;
        if (n > columns) break;
        line[used++] = c < 0x20 || c == 0x7F ? '?' : (char)c;
    }
    line[used] = '\0';
}

size_t progress_line(char *line, size_t size, const elbo_Progress *p, double rate, unsigned columns) {
    char count[64], total[32], speed[40], left[40], elbo[96], percent[16], bar[BAR_MOST * 4 + 1], time[32];
    unsigned room = columns > 1 ? columns - 1 : 1; /* the last column would move the cursor on */
    double part = p->total ? (double)p->done / (double)p->total : 0;
    if (part > 1) part = 1;
    put_count(count, sizeof count / 2, p->done);
    put_count(total, sizeof total, p->total);
    if (p->total) strcat(strcat(count, "/"), total);
    put_rate(speed, sizeof speed, rate);
    put_elbo(elbo, sizeof elbo, p);
    put_time(time, sizeof time, p->total && rate > 0 ? (double)(p->total - p->done) / rate : p->seconds);
    snprintf(left, sizeof left, p->total && rate > 0 ? "%s left" : "%s", time);
    *percent = '\0';
    if (p->total) snprintf(percent, sizeof percent, "%3.0f %%", floor(100 * part));
    put_name(line, p->what, room < 40 ? room / 2 : room / 3);
    room -= columns_of(line);
    const char *const parts[] = {percent, NULL, count, speed, left, elbo};
    unsigned wanted = 0;
    for (unsigned k = 0; k < 6; k++)
        if (parts[k] && *parts[k]) wanted += columns_of(parts[k]) + 2;
    *bar = '\0';
    if (p->total && wanted + 2 + BAR_LEAST <= room) put_bar(bar, part, room - wanted - 2 < BAR_MOST ? room - wanted - 2 : BAR_MOST);
    for (unsigned k = 0; k < 6; k++) put_part(line, size, &room, parts[k] ? parts[k] : bar);
    return strlen(line);
}

static unsigned terminal_columns(void) {
    struct winsize size;
    unsigned columns = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
    return columns < MOST_COLUMNS ? columns : MOST_COLUMNS;
}

/* The rate of late, smoothed; from the beginning on where something else goes on than before. */
static double rate_of(ProgressBar *bar, const elbo_Progress *p) {
    bool same = bar->rate > 0 && p->done > bar->done && p->seconds > bar->seconds;
    double late = same ? (double)(p->done - bar->done) / (p->seconds - bar->seconds) : 0;
    if (same) bar->rate += 0.3 * (late - bar->rate);
    else if (p->done < bar->done || !(bar->rate > 0)) bar->rate = p->seconds > 0 ? (double)p->done / p->seconds : 0;
    bar->done = p->done;
    bar->seconds = p->seconds;
    return bar->rate;
}

void progress_bar_show(ProgressBar *bar, const elbo_Progress *p) {
    if (!bar->on) return;
    char line[LINE];
    progress_line(line, sizeof line, p, rate_of(bar, p), terminal_columns());
    /* What stands on standard output comes first: both may be the same terminal. */
    fflush(stdout);
    fprintf(stderr, "\r%s\033[K", line);
    fflush(stderr);
    bar->shown = true;
}

void progress_bar_clear(ProgressBar *bar) {
    if (!bar->shown) return;
    fputs("\r\033[K", stderr);
    fflush(stderr);
    bar->shown = false;
}
