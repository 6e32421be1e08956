/* SPDX-License-Identifier: GPL-3.0-or-later
   elbo fit FILE: runs a script, then fits what it defines. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/cli.h"

/* The learning rate: 0 if none is given, NaN if it is none. */
static double learning_rate(const char *text) {
    if (!text) return 0;
    char *end;
    errno = 0;
    double rate = strtod(text, &end);
    return *text && !*end && !errno && rate > 0 && isfinite(rate) ? rate : NAN;
}

/* Whether plot can write the file: better said before the fit than after it. */
static bool is_picture(const char *path) {
    static const char *const ends[] = {".svg", ".png", ".pdf", ".gp", ".txt"};
    const char *end = path ? strrchr(path, '.') : NULL;
    for (size_t k = 0; end && k < sizeof ends / sizeof *ends; k++)
        if (strcasecmp(end, ends[k]) == 0) return true;
    return !path;
}

/* What cannot be meant; NULL: nothing. */
static const char *contradiction(const Options *o) {
    if (options_has(o, OPTION_LR) && options_has(o, OPTION_OPTIMIZER)) return "--lr and --optimizer exclude each other: write --optimizer='Adam(lr = …)'";
    if (options_has(o, OPTION_RESUME) && options_has(o, OPTION_DATA)) return "--resume goes on with the data of the fit that was saved, so there can be no --data";
    if (options_has(o, OPTION_RESUME) && options_has(o, OPTION_RESTARTS)) return "--resume goes on with one fit, so there can be no --restarts";
    if (options_has(o, OPTION_RESUME) && options_has(o, OPTION_MODEL)) return "--resume goes on with the model of the fit that was saved, so there can be no --model";
    if (!is_picture(o->texts[OPTION_PLOT])) return "--plot takes a file that ends in .svg, .png, .pdf, .gp or .txt";
    return NULL;
}

int fit_command(Cli *cli) {
    const Options *o = &cli->options;
    double rate = learning_rate(o->texts[OPTION_LR]);
    if (isnan(rate)) return cli_usage_error(cli, "--lr takes a number above 0, for instance 0.01", "");
    if (contradiction(o)) return cli_usage_error(cli, contradiction(o), "");
    bool has_fit = false;
    const elbo_FitRequest request = {
        .has_fit = &has_fit,
        .model = o->texts[OPTION_MODEL],
        .data = o->data,
        .n_data = o->n_data,
        .steps = o->counts[OPTION_STEPS],
        .particles = o->counts[OPTION_PARTICLES],
        .restarts = o->counts[OPTION_RESTARTS],
        .learning_rate = rate,
        .optimizer = o->texts[OPTION_OPTIMIZER],
        .elbo = o->texts[OPTION_ELBO],
        .guide = o->texts[OPTION_GUIDE],
        .subsample = o->texts[OPTION_SUBSAMPLE],
        .resume = o->texts[OPTION_RESUME],
        .save = o->texts[OPTION_SAVE],
        .plot = o->texts[OPTION_PLOT],
        .report = o->texts[OPTION_REPORT],
    };
    elbo_Status status = cli_run_file(cli, o->arguments[0]);
    if (status != ELBO_OK) return cli_exit_status(status);
    status = elbo_fit(cli->state, &request);
    if (options_has(o, OPTION_JSON) && has_fit) {
        elbo_Status printed = cli_print_json(cli);
        if (printed != ELBO_OK) status = printed;
    }
    return cli_exit_status(status);
}
