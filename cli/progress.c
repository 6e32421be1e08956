/* SPDX-License-Identifier: GPL-3.0-or-later
   The progress bar. */
#include "cli/progress.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { MOST_COLUMNS = 200, LINE = 1024, BAR_MOST = 40, BAR_LEAST = 8 };

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

/* ELBO -25179.5 ± 0.3: as many digits as the noise leaves. */
static void put_elbo(char *to, size_t size, const elbo_Progress *p) {
    if (!p->has_elbo || !isfinite(p->elbo)) {
        *to = '\0';
        return;
    }
    if (!(p->noise > 0) || !isfinite(p->noise)) {
        snprintf(to, size, "ELBO %.6g", p->elbo);
        return;
    }
    int decimals = -(int)floor(log10(p->noise));
    if (decimals < 0) decimals = 0;
    if (decimals > 4) decimals = 4;
    double unit = pow(10, floor(log10(p->noise)));
    if (p->noise < 10) snprintf(to, size, "ELBO %.*f ± %.1g", decimals, p->elbo, p->noise);
    else snprintf(to, size, "ELBO %.0f ± %.0f", p->elbo, round(p->noise / unit) * unit);
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

/* In the order of the line. */
enum { PART_PERCENT, PART_BAR, PART_COUNT, PART_RATE, PART_TIME, PART_ELBO, PARTS };

typedef struct Parts {
    char texts[PARTS][BAR_MOST * 4 + 1]; /* "": there is none, or no room */
} Parts;

/* The name, cut to the columns that there are; control characters are nobody's name. */
static void put_name(char *line, size_t size, const char *name, unsigned columns) {
    size_t used = 0;
    for (unsigned n = 0; *name && used + 1 < size; name++) {
        unsigned char c = (unsigned char)*name;
        n += (c & 0xC0) != 0x80;
        if (n > columns) break;
        line[used++] = c < 0x20 || c == 0x7F ? '?' : (char)c;
    }
    line[used] = '\0';
}

static void put_parts(Parts *parts, const elbo_Progress *p, double rate) {
    char total[32], time[32];
    char *percent = parts->texts[PART_PERCENT], *count = parts->texts[PART_COUNT];
    size_t size = sizeof parts->texts[0];
    bool ends = p->total > 0;
    double share = ends ? fmin((double)p->done / (double)p->total, 1) : 0;
    *percent = parts->texts[PART_BAR][0] = '\0';
    if (ends) snprintf(percent, size, "%3.0f %%", floor(100 * share));
    put_count(count, size / 2, p->done);
    put_count(total, sizeof total, p->total);
    if (ends) strcat(strcat(count, "/"), total);
    put_rate(parts->texts[PART_RATE], size, rate);
    put_time(time, sizeof time, ends && rate > 0 ? (double)(p->total - p->done) / rate : p->seconds);
    snprintf(parts->texts[PART_TIME], size, ends && rate > 0 ? "%s left" : "%s", time);
    put_elbo(parts->texts[PART_ELBO], size, p);
}

/* Takes away what there is no room for, the least important first. Returns the columns that are left for the bar. */
static unsigned fit_parts(Parts *parts, bool has_bar, unsigned room) {
    static const int by_importance[] = {PART_PERCENT, PART_TIME, PART_ELBO, PART_BAR, PART_RATE, PART_COUNT};
    unsigned bar = 0;
    for (unsigned k = 0; k < sizeof by_importance / sizeof *by_importance; k++) {
        char *text = parts->texts[by_importance[k]];
        bool is_bar = by_importance[k] == PART_BAR;
        unsigned n = is_bar ? (has_bar ? BAR_LEAST : 0) : columns_of(text);
        if (!n) continue;
        if (n + 2 > room) {
            *text = '\0';
            continue;
        }
        room -= n + 2;
        if (is_bar) bar = n;
    }
    return bar ? bar + (room < BAR_MOST - bar ? room : BAR_MOST - bar) : 0;
}

size_t progress_line(char *line, size_t size, const elbo_Progress *p, double rate, unsigned columns) {
    Parts parts;
    unsigned room = columns > 1 ? columns - 1 : 1; /* the last column would move the cursor on */
    put_name(line, size, p->what, room < 40 ? room / 2 : room / 3);
    put_parts(&parts, p, rate);
    unsigned bar = fit_parts(&parts, p->total > 0, room - columns_of(line));
    if (bar) put_bar(parts.texts[PART_BAR], fmin((double)p->done / (double)p->total, 1), bar);
    for (unsigned k = 0; k < PARTS; k++) {
        if (!*parts.texts[k] || strlen(line) + strlen(parts.texts[k]) + 3 > size) continue;
        strcat(line, "  ");
        strcat(line, parts.texts[k]);
    }
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
