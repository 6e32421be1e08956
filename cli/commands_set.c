/* SPDX-License-Identifier: GPL-3.0-or-later
   :set: the settings of a session. */
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"

typedef struct Setting {
    const char *name, *values;
    bool (*set)(Session *session, const char *value); /* false: it is none of `values` */
    void (*show)(const Session *session, char *to, size_t size);
} Setting;

static bool set_switch(const char *value, bool *on) {
    bool yes = strcmp(value, "on") == 0, no = strcmp(value, "off") == 0;
    if (yes || no) *on = yes;
    return yes || no;
}

static bool set_seed(Session *s, const char *value) {
    unsigned long long seed;
    if (!options_number(value, &seed)) return false;
    s->seed = seed;
    elbo_set_seed(s->cli->state, seed);
    return true;
}

static bool set_width(Session *s, const char *value) {
    unsigned long long width = 0;
    if (strcmp(value, "auto") != 0 && (!options_number(value, &width) || width < 20 || width > 1000)) return false;
    s->width = (unsigned)width;
    return true;
}

static bool set_colour(Session *s, const char *value) {
    bool on;
    if (!set_switch(value, &on)) return false;
    repl_set_colours(s, on);
    return true;
}

static bool set_threads(Session *s, const char *value) {
    unsigned long long threads;
    if (!options_number(value, &threads) || threads > MOST_THREADS) return false;
    elbo_set_threads(s->cli->state, cli_threads(threads));
    return true;
}

static bool set_time(Session *s, const char *value) { return set_switch(value, &s->timing); }

static void show_seed(const Session *s, char *to, size_t size) { snprintf(to, size, "%llu", s->seed); }
static void show_width(const Session *s, char *to, size_t size) {
    if (s->width) snprintf(to, size, "%u", s->width);
    else snprintf(to, size, "auto");
}
static void show_colour(const Session *s, char *to, size_t size) { snprintf(to, size, "%s", s->colours ? "on" : "off"); }
static void show_threads(const Session *s, char *to, size_t size) { snprintf(to, size, "%u", elbo_threads(s->cli->state)); }
static void show_time(const Session *s, char *to, size_t size) { snprintf(to, size, "%s", s->timing ? "on" : "off"); }

static const Setting settings[] = {
    {"colour", "on or off", set_colour, show_colour},
    {"seed", "a whole number", set_seed, show_seed},
    {"threads", "a whole number up to 1024; 0: all", set_threads, show_threads},
    {"time", "on or off", set_time, show_time},
    {"width", "auto or a whole number from 20 to 1000", set_width, show_width},
};
enum { SETTINGS = sizeof settings / sizeof *settings };

const char *command_setting(unsigned k) { return k < SETTINGS ? settings[k].name : NULL; }

static void show_all(Session *session) {
    for (unsigned k = 0; k < SETTINGS; k++) {
        char value[32], row[128];
        settings[k].show(session, value, sizeof value);
        int n = snprintf(row, sizeof row, "  %-8s %-22s (%s)\n", settings[k].name, value, settings[k].values);
        output_print(&session->cli->output, row, (size_t)n);
    }
}

static void complain_unknown(Session *session, const char *name) {
    const char *names[SETTINGS];
    for (unsigned k = 0; k < SETTINGS; k++) names[k] = settings[k].name;
    const char *nearest = strcmp(name, "color") == 0 ? "colour" : elbo_nearest(name, names, SETTINGS);
    if (nearest) repl_complain(session, "there is no setting '%s'. Did you mean '%s'?", name, nearest);
    else repl_complain(session, "there is no setting '%s'. :set shows them all.", name);
}

void command_set(Session *session, const char *argument) {
    char name[32] = "", value[64] = "", more[2] = "";
    int n = sscanf(argument, "%31s %63s %1s", name, value, more);
    if (n < 1) {
        show_all(session);
        return;
    }
    for (unsigned k = 0; k < SETTINGS; k++) {
        if (strcmp(settings[k].name, name) != 0) continue;
        if (n != 2 || !settings[k].set(session, value)) repl_complain(session, ":set %s takes %s", name, settings[k].values);
        return;
    }
    complain_unknown(session, name);
}
